import type { RawRequest } from './raw-request.ts'

/** Choices of one seed. */
export interface Dice {
  /** 0 to below `count`. */
  below(count: number): number
  pick<T>(choices: readonly T[]): T
  /** Whether it is one of so many. */
  oneIn(count: number): boolean
}

export function diceOf(random: () => number): Dice {
  const below = (count: number) => Math.floor(random() * count)
  return {
    below,
    oneIn: (count) => below(count) === 0,
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError('there is nothing to pick from')
      return choices[below(choices.length)] as (typeof choices)[number]
    },
  }
}

// What parsers, databases and logs stumble over.
const TROUBLE = [
  ...[
    '\0',
    '\r\n',
    '\n',
    '\t',
    '"',
    "'",
    '\\',
    '%',
    '%zz',
    '%00',
    '%ed%a0%80',
    '+',
    '&',
    '=',
    ';',
    ',',
    '<',
    '{',
    '[',
    '/',
  ],
  ...[
    '..',
    '*',
    '?',
    '${object}',
    '\u00ff',
    '\ud800',
    '\udc00x',
    '\ufeff',
    '\u2028',
    '\u202e',
    '猫',
    '🐱',
    '__proto__',
  ],
]
/** Bytes that are no text. */
const NO_TEXT = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80], [0xe2, 0x82], [0x80], [0xfe, 0xff]]

/** Some bytes turned over, lost, doubled, moved or put in. */
export function mutateBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  const length = 1 + dice.below(dice.pick([1, 4, 40]))
  switch (dice.below(7)) {
    case 0: {
      const turned = Buffer.from(bytes)
      if (at < turned.length) turned[at] = (turned[at] ?? 0) ^ (1 << dice.below(8))
      return turned
    }
    case 1:
      return Buffer.concat([before, after.subarray(length)])
    case 2:
      return Buffer.concat([before, after.subarray(0, length), after])
    case 3:
      return Buffer.concat([before, Buffer.from(dice.pick(TROUBLE)), after])
    case 4:
      return Buffer.concat([before, Buffer.from(dice.pick(NO_TEXT)), after])
    case 5:
      return before
    default:
      return Buffer.concat([after, before])
  }
}

/** A text of which each character is one byte, as in a header. */
function mutateLatin1(text: string, dice: Dice): string {
  return mutateBytes(Buffer.from(text, 'latin1'), dice).toString('latin1')
}

const HEADERS_OF_OTHERS: readonly [string, string][] = [
  ['content-type', 'text/plain'],
  ['content-type', 'application/json;charset=utf-16'],
  ['content-type', 'application/json; charset="'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-type', 'multipart/form-data; boundary=a'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'br, deflate'],
  ['expect', '100-continue'],
  ['expect', 'a miracle'],
  ['upgrade', 'websocket'],
  ['connection', 'upgrade'],
  ['connection', 'close, x-oss-pub-key-url'],
  ['trailer', 'authorization'],
  ['x-http-method-override', 'DELETE'],
  ['x-forwarded-for', `${'1.2.3.4, '.repeat(200)}::1`],
  ['x-forwarded-host', 'evil.example'],
  ['x-request-id', 'a\u00ffb"{}'],
  ['x-oss-request-id', 'x'.repeat(9000)],
  ['x-oss-bucket', 'elsewhere'],
  ['authorization', 'Bearer a.b.c'],
  ['authorization', ''],
  ['cookie', 'visitor=%zz; __proto__=1'],
  ['origin', 'null'],
  ['referer', '\u0080'],
  ['range', 'bytes=0-'],
  ['if-none-match', '*'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
]

const LENGTHS: readonly [string, string][] = [
  ['content-length', '1'],
  ['content-length', '99999'],
  ['content-length', '-1'],
  ['content-length', '0x10'],
  ['content-length', '9'.repeat(40)],
  ['transfer-encoding', 'chunked'],
  ['transfer-encoding', 'gzip, chunked'],
  ['transfer-encoding', 'identity'],
  ['transfer-encoding', 'chunked, x'],
]

/** Headers lost, doubled, exchanged, grown huge, of another meaning; or the length that they say is wrong. */
export function mutateHeaders(request: RawRequest, dice: Dice): RawRequest {
  const headers = request.headers.map(([name, value]): [string, string] => [name, value])
  const at = dice.below(headers.length)
  const [name = '', value = ''] = headers[at] ?? []
  switch (dice.below(9)) {
    case 0:
      headers.splice(at, 1)
      break
    case 1:
      headers.splice(dice.below(headers.length + 1), 0, [name, dice.pick([value, '', mutateLatin1(value, dice)])])
      break
    case 2: {
      const other = headers[dice.below(headers.length)]
      if (other) headers[at] = [name, other[1]]
      if (other) other[1] = value
      break
    }
    case 3:
      headers[at] = [name, value + 'x'.repeat(dice.pick([300, 5000, 17_000]))]
      break
    case 4:
      headers[at] = [name, mutateLatin1(value, dice)]
      break
    case 5:
      headers[at] = [mutateLatin1(name, dice), value]
      break
    case 6: {
      const [wanted, other] = dice.pick(HEADERS_OF_OTHERS)
      const taken = headers.findIndex(([each]) => each === wanted)
      headers.splice(taken < 0 ? headers.length : taken, taken < 0 || dice.oneIn(3) ? 0 : 1, [wanted, other])
      break
    }
    case 7: {
      const length = dice.pick(LENGTHS)
      if (dice.oneIn(2)) headers.push(['content-length', String(request.body.length)])
      return { ...request, headers: [...headers, length], framing: 'broken' }
    }
    default:
      headers.sort(() => dice.below(3) - 1)
  }
  return { ...request, headers }
}

const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'POST',
  'post',
  'PURGE',
  'QUERY',
  '\0POST',
]

/** Another method, or another address below the mount. */
export function mutateTarget(request: RawRequest, mount: string, dice: Dice): RawRequest {
  const { method, target } = request
  const rest = target.slice(mount.length)
  switch (dice.below(4)) {
    case 0:
      return { ...request, method: dice.pick(METHODS) }
    case 1:
      return {
        ...request,
        target: `${mount}${rest}${dice.pick(['?', '/', '?x=%zz', '#a', '//', `?${'a'.repeat(9000)}`])}`,
      }
    case 2:
      return { ...request, target: `${mount}/${encodeURIComponent(dice.pick(WHOLE_TROUBLE))}${rest.slice(1)}` }
    default:
      return { ...request, method, target: `${mount}/${mutateLatin1(rest.slice(1), dice)}` }
  }
}

const isWhole = (text: string) => !/\p{Cs}/u.test(text)
const WHOLE_TROUBLE = TROUBLE.filter(isWhole)

/** Written as they stand: JSON.stringify would not. */
const RAW_VALUES = [
  ...[
    '1e400',
    '-1e400',
    '-0',
    '9007199254740993',
    '1E5',
    '0.1',
    `${'9'.repeat(400)}`,
    '1e-999',
    '01',
    '+1',
    'NaN',
    '.5',
  ],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x"', '"', "'a'", 'undefined', '', '{}', '[]', '{"a":}', 'tru'],
  ...['{"toString":1,"valueOf":1}', '{"toString":null}', '{"__proto__":{"a":1}}', '{"then":1}', '{"length":5}'],
  ...['{"toJSON":1}', '[[],[null]]', '[1,,2]', 'null,"a":1', '{"a":1,"a":2}', '/**/1', '\ufeff1'],
]
const DEPTHS = [10, 70, 2000, 20_000]
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', '', '\0', 'x:__proto__', '\ud800']

/** A member of another type, gone, doubled, renamed, or deeper than anybody looks. */
export function mutateJson(value: unknown, dice: Dice): string {
  const tree = structuredClone(value)
  const place = dice.pick(placesOf(tree))
  const kind = dice.below(8)
  const deep = () => {
    const depth = dice.pick(DEPTHS)
    const [open, close] = dice.pick([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const)
    return open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)
  }
  const values = [
    () => dice.pick(RAW_VALUES),
    () => dice.pick(RAW_VALUES),
    deep,
    () => JSON.stringify(dice.pick(TROUBLE).repeat(1 + dice.below(3))),
    () => JSON.stringify('x'.repeat(dice.pick([101, 1025, 70_000]))),
    () => dice.pick(['true', 'null', '-1', '1.5', '0', '"5"', '9007199254740991', '5497558138880', '[1]']),
  ]
  if (place === undefined) return dice.pick(values)()
  const { holder, name } = place
  if (kind < 5) {
    // A name of its own, so that the value stands there as it is.
    holder[name] = PLACE
    const written = dice.pick(values)()
    return JSON.stringify(tree).replace(JSON.stringify(PLACE), () => written)
  }
  const taken = holder[name]
  if (kind === 5) delete holder[name]
  if (kind === 6 && Array.isArray(holder)) holder.push(...Array(dice.pick([1, 49, 99])).fill(taken))
  if (kind === 6 && !Array.isArray(holder)) {
    delete holder[name]
    Object.defineProperty(holder, dice.pick(NAMES), { value: taken, enumerable: true, configurable: true })
  }
  if (kind === 7) {
    const named = { value: taken, enumerable: true, configurable: true, writable: true }
    Object.defineProperty(holder, dice.pick(NAMES), named)
  }
  return JSON.stringify(tree)
}

const PLACE = '\u{10FFFD}place'
interface Place {
  holder: Record<string, unknown>
  name: string
}

function placesOf(value: unknown): (Place | undefined)[] {
  if (typeof value !== 'object' || value === null) return [undefined]
  const holder = value as Record<string, unknown>
  return [undefined, ...Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesOf(holder[name])])]
}

/** The same of form-encoded pairs. */
export function mutateForm(text: string, dice: Dice): string {
  const pairs = text.split('&').map((pair) => pair.split('=') as [string, string | undefined])
  const at = dice.below(pairs.length)
  const [name = '', value = ''] = pairs[at] ?? []
  switch (dice.below(6)) {
    case 0:
      pairs.splice(at, 1)
      break
    case 1:
      pairs.splice(dice.below(pairs.length + 1), 0, [name, dice.pick([value, '', 'x'.repeat(300)])])
      break
    case 2:
      pairs[at] = [dice.pick(NAMES), value]
      break
    case 3:
      pairs[at] = [name, encodeForm(dice.pick(TROUBLE)) + value]
      break
    case 4:
      pairs[at] = [
        name,
        dice.pick(['', '0', '-1', '1e3', '0x5', '9'.repeat(400), 'x'.repeat(60_000), '%', 'null', '[]']),
      ]
      break
    default: {
      const other = pairs[dice.below(pairs.length)]
      if (other) pairs[at] = [name, other[1]]
      if (other) other[1] = value
    }
  }
  return pairs.map(([each, text]) => (text === undefined ? each : `${each}=${text}`)).join('&')
}

function encodeForm(text: string): string {
  return isWhole(text) ? encodeURIComponent(text) : text
}
