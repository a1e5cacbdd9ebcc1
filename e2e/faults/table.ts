/** The two ways in which the reference app sends a file. */
export const TRANSPORTS = ['form', 'parts'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** What a row shows that a person notices: not only that it is under way. `gone`: it is no longer in the list. */
export const NOTICED = ['paused', 'needs-file', 'unconfirmed', 'failed', 'cancelled', 'done', 'gone'] as const
export type Noticed = (typeof NOTICED)[number]

/** Which bytes may go to OSS a second time, at most. */
export type SentAgain = 'nothing' | 'the form' | 'parts in flight'

export interface Expected {
  /** Everything noticeable that the row shows, in order; the last is where it ends. */
  shows: readonly Noticed[]
  /** What the person does about it. @default nothing */
  person?: string
  sentAgain: SentAgain
  /** Runs of `onUploaded`; `more` where the fault itself forces another one. Of several the answer of one counts. */
  runs: 1 | 'more'
  /** Records beside the settled one: granted to a page that was gone before it heard of them. The sweeper ends them. @default 0 */
  unheard?: number
}

export interface Senseless {
  /** Why there is nothing to try. */
  senseless: string
}

export interface Row {
  fault: string
  /** How it is brought about. */
  how: string
  form: Expected | Senseless
  parts: Expected | Senseless
  /** The cell that `npm test` runs. */
  inShort: Transport
}

const unnoticed: Expected = { shows: ['done'], sentAgain: 'nothing', runs: 1 }
const formAgain: Expected = { ...unnoticed, sentAgain: 'the form' }
const partsAgain: Expected = { ...unnoticed, sentAgain: 'parts in flight' }
const again = { form: formAgain, parts: partsAgain }
const confirmedAgain: Expected = {
  shows: ['unconfirmed', 'done'],
  person: 'clicks "Confirm again"',
  sentAgain: 'nothing',
  runs: 1,
}
const givenAgain = {
  person: 'chooses the same file again',
  shows: ['needs-file', 'done'],
} as const satisfies Partial<Expected>
const unsentGivenAgain: Expected = { ...unnoticed, ...givenAgain }
const sentGivenAgain = { form: { ...formAgain, ...givenAgain }, parts: { ...partsAgain, ...givenAgain } }
const skewed = { form: formAgain, parts: unnoticed }
const noCallback: Senseless = { senseless: 'parts are put together by our own server, without a callback' }

/**
 * What has to come of every fault, for a file sent as one form and for one sent in parts. Written by hand from the promises
 * of the README and of docs/decisions, before any of it ran: where the suite finds something else, the code is wrong.
 *
 * Faults that cut a connection or refuse a try do so twice: Chromium by itself repeats a request whose reused connection
 * broke, and the uploader would never hear of a single one.
 */
export const TABLE = [
  {
    fault: 'cut at 0 %',
    how: 'OSS cuts the connection at the first byte of the body, twice',
    ...again,
    inShort: 'parts',
  },
  {
    fault: 'cut at 50 %',
    how: 'OSS cuts the connection in the middle of the body, twice',
    ...again,
    inShort: 'form',
  },
  {
    fault: 'cut after the last byte',
    how: 'OSS stores what came, and the connection ends before its answer, twice',
    form: unnoticed,
    parts: partsAgain,
    inShort: 'form',
  },
  { fault: '500', how: 'OSS answers 500 InternalError, twice', ...again, inShort: 'parts' },
  { fault: '503', how: 'OSS answers 503 ServiceUnavailable, twice', ...again, inShort: 'form' },
  {
    fault: '429',
    how: 'OSS answers 429 with Retry-After, twice, and is not asked again before that time',
    ...again,
    inShort: 'parts',
  },
  {
    fault: 'slow',
    how: 'OSS reads slowly; the row shows how far it is',
    form: unnoticed,
    parts: unnoticed,
    inShort: 'form',
  },
  { fault: 'stalled', how: 'OSS stops reading, and the connection stays open', ...again, inShort: 'parts' },
  {
    fault: 'offline',
    how: 'the browser is offline for 20 s, its connections broken; the queue is held',
    ...again,
    inShort: 'form',
  },
  {
    fault: 'grant expired in line',
    how: 'what is granted ends while others hold the line: the policy of a form, the addresses of parts',
    form: unnoticed,
    parts: unnoticed,
    inShort: 'form',
  },
  {
    fault: "browser's clock fast",
    how: 'it is 20 minutes ahead',
    form: unnoticed,
    parts: unnoticed,
    inShort: 'form',
  },
  {
    fault: "browser's clock slow",
    how: 'it is 20 minutes behind',
    form: unnoticed,
    parts: unnoticed,
    inShort: 'parts',
  },
  {
    fault: "server's clock fast",
    how: 'it is 20 minutes ahead; refused once, the server signs by the time of OSS',
    ...skewed,
    inShort: 'form',
  },
  {
    fault: "server's clock slow",
    how: 'it is 20 minutes behind; refused once, the server signs by the time of OSS',
    ...skewed,
    inShort: 'parts',
  },
  {
    fault: "OSS's clock fast",
    how: 'it is 20 minutes ahead; refused once, the server signs by the time of OSS',
    ...skewed,
    inShort: 'parts',
  },
  {
    fault: "OSS's clock slow",
    how: 'it is 20 minutes behind; refused once, the server signs by the time of OSS',
    ...skewed,
    inShort: 'form',
  },
  {
    fault: 'callback lost',
    how: 'OSS does not reach the application, and answers 203',
    form: unnoticed,
    parts: noCallback,
    inShort: 'form',
  },
  {
    fault: 'callback slow',
    how: 'OSS calls the application 3 s late',
    form: unnoticed,
    parts: noCallback,
    inShort: 'form',
  },
  {
    fault: "callback's answer lost",
    how: 'the application has answered, and its answer does not reach OSS, which answers 203',
    form: unnoticed,
    parts: noCallback,
    inShort: 'form',
  },
  {
    fault: "Complete's answer lost",
    how: 'OSS has put the parts together, and its answer does not reach the server',
    form: { senseless: 'a form is one request, and its lost answer is "cut after the last byte"' },
    parts: unnoticed,
    inShort: 'parts',
  },
  {
    fault: 'hook slow',
    how: '`onUploaded` takes 7 s, longer than OSS waits',
    form: unnoticed,
    parts: unnoticed,
    inShort: 'form',
  },
  {
    fault: 'hook throwing',
    how: '`onUploaded` throws until it is mended',
    form: { ...confirmedAgain, runs: 'more' },
    parts: { ...confirmedAgain, runs: 'more' },
    inShort: 'parts',
  },
  {
    fault: 'server killed after the grant',
    how: 'SIGKILL once the grant is out: of a form before its last byte, of parts before the first address of one',
    form: confirmedAgain,
    parts: { shows: ['failed', 'done'], person: 'clicks "Retry"', sentAgain: 'nothing', runs: 1 },
    inShort: 'form',
  },
  {
    fault: 'server killed while it settles',
    how: 'SIGKILL while `onUploaded` runs: of a form in the callback, of parts in the completion',
    form: { ...confirmedAgain, runs: 'more' },
    parts: { ...confirmedAgain, runs: 'more' },
    inShort: 'parts',
  },
  {
    fault: 'server killed before its answer',
    how: 'SIGKILL once the answer of the application is kept, and before it is sent',
    form: confirmedAgain,
    parts: confirmedAgain,
    inShort: 'form',
  },
  {
    fault: 'reload while queued',
    how: 'the page is loaded again while others hold the line',
    form: unsentGivenAgain,
    parts: unsentGivenAgain,
    inShort: 'form',
  },
  {
    fault: 'reload while signing',
    how: 'the page is loaded again before the answer of the server: with the policy of a form, with the addresses of parts',
    form: { ...unsentGivenAgain, unheard: 1 },
    parts: unsentGivenAgain,
    inShort: 'parts',
  },
  {
    fault: 'reload while sending',
    how: 'the page is loaded again while bytes are on their way; of parts OSS has some already',
    ...sentGivenAgain,
    inShort: 'parts',
  },
  {
    fault: 'reload while sending, another file first',
    how: 'the same; another file of that name and size is chosen before the right one, and refused with the reason',
    form: { ...formAgain, ...givenAgain, person: 'chooses another file, then the same again' },
    parts: { ...partsAgain, ...givenAgain, person: 'chooses another file, then the same again' },
    inShort: 'form',
  },
  {
    fault: 'reload while sending, the browser has the file',
    how: 'the file was dropped from the desktop; after the reload the browser gives it to the page by itself',
    ...again,
    inShort: 'parts',
  },
  {
    fault: 'reload while paused',
    how: 'the person pauses it while bytes are on their way; then the page is loaded again',
    form: { ...formAgain, ...givenAgain, shows: ['paused', 'needs-file', 'done'] },
    parts: { ...partsAgain, ...givenAgain, shows: ['paused', 'needs-file', 'done'] },
    inShort: 'form',
  },
  {
    fault: 'reload while confirming',
    how: 'the page is loaded again while `onUploaded` runs',
    form: unnoticed,
    parts: unnoticed,
    inShort: 'parts',
  },
  {
    fault: 'reload while unconfirmed',
    how: 'the page is loaded again while `onUploaded` throws, which is then mended',
    form: { ...unnoticed, shows: ['unconfirmed', 'done'], runs: 'more' },
    parts: { ...unnoticed, shows: ['unconfirmed', 'done'], runs: 'more' },
    inShort: 'form',
  },
  {
    fault: 'reload when done',
    how: 'the page is loaded again, and then sends another file',
    form: { ...unnoticed, shows: ['done', 'gone'] },
    parts: { ...unnoticed, shows: ['done', 'gone'] },
    inShort: 'form',
  },
  {
    fault: 'browser killed',
    how: 'SIGKILL to the browser while bytes are on their way; it is started again on the same profile',
    ...sentGivenAgain,
    inShort: 'form',
  },
] as const satisfies readonly Row[]

export type Fault = (typeof TABLE)[number]['fault']

/** One fault met by one way of sending. */
export interface Cell {
  fault: Fault
  transport: Transport
  expected: Expected
  inShort: boolean
}

export const cellName = ({ fault, transport }: Pick<Cell, 'fault' | 'transport'>) => `${fault}: ${transport}`

/** All that make sense, in the order of the table. */
export const CELLS: readonly Cell[] = TABLE.flatMap((row) =>
  TRANSPORTS.flatMap((transport) => {
    const expected: Expected | Senseless = row[transport]
    if ('senseless' in expected) return []
    return { fault: row.fault, transport, expected, inShort: row.inShort === transport }
  }),
)
