import type { Outcome } from './outcome.ts'
import {
  CELLS,
  cellName,
  type Expected,
  type Fault,
  type Noticed,
  type Senseless,
  type SentAgain,
  TABLE,
  TRANSPORTS,
  type Transport,
} from './table.ts'

/** What the results were found with. */
export interface Versions {
  chromium: string
  playwright: string
  node: string
}

/** docs/reliability.md. `outcomes`: of every cell, by its name. The same results give the same page, to the byte. */
export function renderPage(outcomes: ReadonlyMap<string, Outcome>, versions: Versions): string {
  const { chromium, playwright, node } = versions
  const sections = [
    INTRODUCTION,
    markdownTable(
      ['fault', 'how it is brought about'],
      TABLE.map(({ fault, how }) => [fault, how]),
    ),
    RESULTS,
    markdownTable(
      ['fault', 'sent as', 'expected', 'seen', 'sent again'],
      expectations().map((known) => [...known.columns, ...foundColumns(known, outcomes)]),
    ),
    `${CELLS.length} cells, all as expected: Chromium ${chromium}, Playwright ${playwright}, Node ${node}.`,
  ]
  return `${sections.join('\n\n')}\n`
}

/** What is known of a line of the results before anything ran. */
export interface Expectation {
  fault: Fault
  transport: Transport
  expected: Expected | Senseless
  /** The first three of the line. */
  columns: readonly string[]
}

export function expectations(): Expectation[] {
  return TABLE.flatMap(({ fault, ...row }) =>
    TRANSPORTS.map((transport) => {
      const expected: Expected | Senseless = row[transport]
      const text = 'senseless' in expected ? `makes no sense: ${expected.senseless}` : expectedText(expected)
      return { fault, transport, expected, columns: [fault, transport, text] }
    }),
  )
}

function foundColumns({ fault, transport, expected }: Expectation, outcomes: ReadonlyMap<string, Outcome>): string[] {
  if ('senseless' in expected) return ['', '']
  const outcome = outcomes.get(cellName({ fault, transport }))
  if (outcome === undefined) throw new Error(`${fault}, ${transport}: there is no outcome`)
  return [seenText(outcome), againText(outcome.sentAgain, transport)]
}

function expectedText({ shows, person, sentAgain, runs, unheard }: Expected): string {
  const [end, ...before] = shows.toReversed()
  const way = [...before.toReversed(), ...(person === undefined ? [] : [`the person ${person}`]), end].join(', ')
  const rest = unheard === undefined ? [] : ['a grant that no page has heard of is left to expire']
  return [way, AGAIN[sentAgain], runsText('runs', runs), ...rest].join('; ')
}

const AGAIN: Readonly<Record<SentAgain, string>> = {
  nothing: 'nothing goes again',
  'the form': 'the form may go again',
  'parts in flight': 'parts in flight may go again',
}

/** In the words of the column "seen". */
export function seenText({ shows, runs }: { shows: readonly Noticed[]; runs: Expected['runs'] }): string {
  return `${shows.join(', ')}; ${runsText('ran', runs)}`
}

function runsText(verb: string, runs: Expected['runs']): string {
  return `\`onUploaded\` ${verb} ${runs === 1 ? 'once' : 'more than once'}`
}

/** In the words of the column "sent again". */
export function againText(times: number, transport: Transport): string {
  if (times === 0) return 'nothing'
  if (transport === 'parts') return times === 1 ? '1 part' : `${times} parts`
  return ['the form, once', 'the form, twice'][times - 1] ?? `the form, ${times} times`
}

function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => (line[column] ?? '').length)))
  const draw = (line: readonly string[]) =>
    `| ${widths.map((width, column) => (line[column] ?? '').padEnd(width)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [draw(head), rule, ...lines.map(draw)].join('\n')
}

const INTRODUCTION = `# What comes of every fault

Each of these is brought about on purpose, in a real Chromium, against the reference server and the local OSS, for a file that
is sent as one form (16 MiB) and for one that is sent in parts (72 MiB). What has to come of it was written down first, by hand,
in [table.ts](../e2e/faults/table.ts). This page is written by the suite itself:

\`\`\`sh
npm run test:faults                     # every cell; writes this page when all are as expected
npm run test:faults -- -g "stalled"     # those whose name contains it
\`\`\`

\`npm test\` runs one cell of each fault. Kills and cuts wait for what they are to hit: the server tells when its hook begins and
when an answer is ready, the local OSS which of its faults has struck, the page what it shows.

Every cell ends only when all of this holds:

- the row shows what is expected, and nothing else worth noticing on the way; every phase of every row is watched, across reloads
- nothing was shown as done that the application had not answered
- the object has the SHA-256 of the file, read by the vendor's own SDK; the bucket holds no other, and no part
- the visitor has exactly one record of the file; its result is the answer of one run of \`onUploaded\`, and what the page shows
- a form was stored once; no part was sent again that a page knew to be in OSS, and nothing for the sake of a callback or an answer`

const RESULTS = `## Expected and seen

"Sent again" counts the requests with bytes of the file that reached OSS beyond those that carry it once, whatever became of
them. A repetition that OSS refuses because it has the object already is left out: Chromium by itself repeats a request whose
reused connection broke, and no page can tell it not to. Where a fault strikes twice, so may what is expected.`
