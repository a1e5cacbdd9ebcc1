/** What users of an SDK do; a column of the table each. */
export const STORIES = [
  'object',
  'callback',
  'callback-failed',
  'multipart',
  'wrong-secret',
  'list',
  'copy',
  'append',
  'presigned',
  'crc',
  'form',
] as const
export type Story = (typeof STORIES)[number]

/** Stories that end in a callback: what the program got is compared with what the application was sent. */
const CALLBACK_STORIES: readonly string[] = ['callback', 'multipart', 'form'] satisfies Story[]

/** One line that a program prints. */
export interface StoryLine {
  story: string
  ok: boolean
  detail: unknown
}

/** A callback as the application received it. */
export interface Delivery {
  id: string
  /** Of the program: `ali-oss-v1`. */
  run: string
  isSignatureRight: boolean
  fields: Readonly<Record<string, unknown>>
}

/** What became of a program: its lines, or why there are none. */
export type Outcome = { lines: readonly StoryLine[]; end?: string } | { missing: string } | { unprepared: string }

export interface Judged {
  sdk: string
  signature: string
  /** Empty where the SDK has no such feature. */
  cells: Partial<Record<Story, 'pass' | 'FAIL' | 'missing'>>
  /** Why the program did not pass; a missing toolchain only where it is required. */
  failures: readonly string[]
}

export interface Expected {
  sdk: string
  signature: string
  run: string
  stories: readonly Story[]
  isRequired: boolean
}

/** A story passes that was printed once, with `ok`, and whose callback arrived as it should. */
export function judge(expected: Expected, outcome: Outcome, deliveries: readonly Delivery[]): Judged {
  const { sdk, signature, stories, isRequired } = expected
  const all = (cell: 'FAIL' | 'missing', failures: string[]): Judged => {
    return { sdk, signature, cells: Object.fromEntries(stories.map((story) => [story, cell])), failures }
  }
  if ('missing' in outcome) return all('missing', isRequired ? [outcome.missing] : [])
  if ('unprepared' in outcome) return all('FAIL', [outcome.unprepared])

  const cells: Judged['cells'] = {}
  const failures: string[] = []
  for (const story of stories) {
    const complaint = complainOf(story, expected.run, outcome.lines, deliveries)
    cells[story] = complaint === undefined ? 'pass' : 'FAIL'
    if (complaint !== undefined) failures.push(`${story}: ${complaint}`)
  }
  const unknown = outcome.lines.filter(({ story }) => !stories.some((known) => known === story))
  failures.push(...unknown.map(({ story }) => `${story}: printed, and not a story of this SDK`))
  if (outcome.end !== undefined) failures.push(outcome.end)
  return { sdk, signature, cells, failures }
}

function complainOf(story: Story, run: string, lines: readonly StoryLine[], deliveries: readonly Delivery[]) {
  const [line, ...more] = lines.filter((candidate) => candidate.story === story)
  if (line === undefined) return 'not printed'
  if (more.length > 0) return 'printed more than once'
  if (line.ok !== true) return typeof line.detail === 'string' ? line.detail : JSON.stringify(line.detail)
  return CALLBACK_STORIES.includes(story) ? complainOfCallback(line.detail, run, deliveries) : undefined
}

/** The custom variables of every program: with a slash, a space and Chinese characters. */
const VARIABLES = { user: '42', album: '春天/a b' } as const

function complainOfCallback(detail: unknown, run: string, deliveries: readonly Delivery[]): string | undefined {
  if (!isObject(detail) || !isObject(detail.answer)) return 'the answer of the application was not printed'
  const { answer, etag, size } = detail
  const delivery = deliveries.find((candidate) => candidate.id === answer.id)
  if (delivery === undefined) return `the application gave no such answer: ${JSON.stringify(answer)}`
  if (delivery.run !== run) return `the answer is one to ${delivery.run}`
  if (!delivery.isSignatureRight) return 'the signature of the callback is wrong'
  const wanted = { ...VARIABLES, size: String(size), etag: String(etag).replaceAll('"', '') }
  for (const [name, value] of Object.entries(wanted)) {
    if (String(delivery.fields[name]) !== value)
      return `the callback says ${name}=${delivery.fields[name]}, the program ${value}`
  }
  return undefined
}

/** The table, as Markdown that is also readable as it is. */
export function printTable(rows: readonly Judged[]): string {
  return alignTable([
    ['SDK', 'signature', ...STORIES],
    ...rows.map(({ sdk, signature, cells }) => [sdk, signature, ...STORIES.map((story) => cells[story] ?? '')]),
  ])
}

/** The first line is the head, and as long as any. */
export function alignTable(lines: readonly (readonly string[])[]): string {
  const [head = [], ...body] = lines
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const print = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`
  return [print(head), print(widths.map((width) => '-'.repeat(width))), ...body.map(print)].join('\n')
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
