import { alignTable, isObject } from './verdict.ts'

/** How a program sends the file: PutObject, parts that its SDK makes, PostObject. */
export type PartnerWay = 'put' | 'parts' | 'form'

/** What a program lives through; a column of the table each. */
export const PARTNER_STORIES = ['answered', 'callback failed', 'not stored', 'not permitted'] as const
export type PartnerStory = (typeof PARTNER_STORIES)[number]

/** What a program printed, and the newest record that the server then had of this partner. */
export interface PartnerRun {
  lines: readonly string[]
  /** What it said to the error output, the SDK's own warnings among it. */
  errors: readonly string[]
  /** Whether it ended with 0. */
  endedWell: boolean
  record: Readonly<Record<string, unknown>> | undefined
  /** Bytes of the file. */
  size: number
}

/** Why the program did not tell what happened; nothing where it did. */
export function complainOfPartner(story: PartnerStory, run: PartnerRun): string | undefined {
  switch (story) {
    case 'answered':
      return complainOfAnswer(run, 'callback') ?? (hasLine(run, 'unconfirmed') ? 'it says unconfirmed' : undefined)
    case 'callback failed':
      if (!hasLine(run, 'unconfirmed')) return 'it does not say that the callback failed'
      return complainOfAnswer(run, 'head')
    case 'not stored':
      if (run.record?.status !== 'granted') return `the record is ${run.record?.status}`
      return complainOfFailure(run, 'AccessDenied')
    case 'not permitted':
      return complainOfFailure(run, 'not-signed-in')
  }
}

/** The last line is the application's own answer, and the record says how it was found out. */
function complainOfAnswer({ lines, endedWell, record, size }: PartnerRun, evidence: string): string | undefined {
  if (!endedWell) return 'it failed'
  const answer = readAnswer(lines.at(-1))
  if (answer === undefined) return 'its last line is not the answer'
  if (record?.status !== 'settled' || record.evidence !== evidence)
    return `the record is ${record?.status}, by ${record?.evidence}`
  const { result } = answer
  if (answer.id !== record.id || !isObject(result) || result.receipt !== record.id || result.size !== size)
    return `the answer is another one: ${JSON.stringify(answer)}`
  return undefined
}

function complainOfFailure({ lines, errors, endedWell }: PartnerRun, code: string): string | undefined {
  if (endedWell) return 'it ended well'
  if (lines.some((line) => /^(done|unconfirmed):/.test(line))) return 'it says that something was stored'
  const says = (line: string) => line.startsWith('failed:') && line.includes(code)
  return [...lines, ...errors].some(says) ? undefined : `it does not say ${code}`
}

function hasLine({ lines }: PartnerRun, word: string): boolean {
  return lines.some((line) => line.startsWith(`${word}:`))
}

function readAnswer(line = ''): Record<string, unknown> | undefined {
  if (!line.startsWith('done: ')) return undefined
  try {
    const answer: unknown = JSON.parse(line.slice('done: '.length))
    return isObject(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

export interface PartnerRow {
  client: string
  way: PartnerWay
  cells: Partial<Record<PartnerStory, 'pass' | 'FAIL' | 'missing'>>
  failures: readonly string[]
}

export function printPartnerTable(rows: readonly PartnerRow[]): string {
  return alignTable([
    ['client', 'way', ...PARTNER_STORIES],
    ...rows.map(({ client, way, cells }) => [client, way, ...PARTNER_STORIES.map((story) => cells[story] ?? '')]),
  ])
}
