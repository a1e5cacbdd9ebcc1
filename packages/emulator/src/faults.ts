import { randomUUID } from 'node:crypto'

/** What shall go wrong. */
export type Fault = FaultScope & FaultKind

export interface FaultScope {
  /** Only requests to this bucket. @default every bucket */
  bucket?: string
  /** Only object keys that begin so. @default every key */
  keyPrefix?: string
  /** Only this operation, `PostObject`. @default every operation that the fault can meet */
  operation?: string
  /** How many times; then the fault is gone. @default until it is cleared */
  count?: number
}

export type FaultKind =
  /** Request bodies are read this slowly. */
  | { name: 'slow'; bytesPerSecond: number }
  /** The connection is cut once this much of a request body has arrived. */
  | { name: 'drop'; afterBytes: number }
  /**
   * Once this much of a request body has arrived no more of it is read, and nothing is answered, until the fault is cleared or
   * the connection ends. A counted one that is used up stays in the list until then: requests hang on it.
   */
  | { name: 'stall'; afterBytes: number }
  /** The request is answered with this error instead of being carried out. `retryAfterSeconds`: the header Retry-After. */
  | { name: 'error'; status: number; code: string; retryAfterSeconds?: number }
  /** The object or the part is stored, the callback sent, and the connection cut before the answer; a refusal is lost as well. */
  | { name: 'lose-answer' }
  /** The callback is never sent: 203, status -1. */
  | { name: 'callback-lost' }
  /** The callback is sent this much later. */
  | { name: 'callback-slow'; delayMs: number }
  /** The clock is that far ahead, or with a negative number behind. For all requests. */
  | { name: 'clock'; offsetMs: number }

export type FaultName = FaultKind['name']
/** `count`: how many times more. */
export type SetFault = Fault & { id: string }

export interface Faults {
  /** Adds a fault and gives its id. Throws TypeError for one that is not in the table. */
  set(fault: Fault): string
  /** Takes one fault away, or all. */
  clear(id?: string): void
  list(): readonly SetFault[]
}

/** What the inside of the local OSS sees of them. */
export interface FaultsInForce extends Faults {
  /** The first fault of that name that meets the request; a counted one is used up by it. */
  take<Name extends FaultName>(
    name: Name,
    request: Required<Omit<FaultScope, 'count' | 'keyPrefix'>> & { key: string },
  ): Extract<SetFault, { name: Name }> | undefined
  /** Calls once the fault is no longer in the list. */
  onCleared(id: string, listener: () => void): void
  clockOffsetMs(): number
}

export function createFaults(): FaultsInForce {
  const faults = new Map<string, SetFault>()
  const listeners = new Map<string, (() => void)[]>()
  const remove = (id: string) => {
    faults.delete(id)
    for (const listener of listeners.get(id) ?? []) listener()
    listeners.delete(id)
  }
  return {
    set(fault) {
      const id = randomUUID()
      faults.set(id, { ...parseFault(fault), id })
      return id
    },
    clear(id) {
      for (const each of id === undefined ? [...faults.keys()] : [id]) remove(each)
    },
    list: () => [...faults.values()],
    take<Name extends FaultName>(name: Name, request: { bucket: string; key: string; operation: string }) {
      for (const fault of faults.values()) {
        if (!isNamed(fault, name) || !meets(fault, request)) continue
        if (fault.count !== undefined) {
          if (fault.count <= 1 && name !== 'stall') remove(fault.id)
          else faults.set(fault.id, { ...fault, count: fault.count - 1 })
        }
        return fault
      }
      return undefined
    },
    onCleared(id, listener) {
      if (faults.has(id)) listeners.set(id, [...(listeners.get(id) ?? []), listener])
      else listener()
    },
    clockOffsetMs: () =>
      [...faults.values()].reduce((sum, fault) => sum + (fault.name === 'clock' ? fault.offsetMs : 0), 0),
  }
}

function isNamed<Name extends FaultName>(fault: SetFault, name: Name): fault is Extract<SetFault, { name: Name }> {
  return fault.name === name
}

function meets(fault: FaultScope, request: { bucket: string; key: string; operation: string }): boolean {
  return (
    fault.count !== 0 &&
    (fault.bucket === undefined || fault.bucket === request.bucket) &&
    (fault.keyPrefix === undefined || request.key.startsWith(fault.keyPrefix)) &&
    (fault.operation === undefined || fault.operation === request.operation)
  )
}

type Check = (value: unknown) => boolean
const atLeast =
  (min: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= min
const isText: Check = (value) => typeof value === 'string' && value !== ''

const PARAMETERS: Readonly<Record<FaultName, Readonly<Record<string, Check>>>> = {
  slow: { bytesPerSecond: atLeast(1) },
  drop: { afterBytes: atLeast(0) },
  stall: { afterBytes: atLeast(0) },
  error: { status: (value) => Number.isInteger(value) && atLeast(400)(value) && Number(value) < 600, code: isText },
  'lose-answer': {},
  'callback-lost': {},
  'callback-slow': { delayMs: atLeast(0) },
  clock: { offsetMs: atLeast(Number.NEGATIVE_INFINITY) },
}
const OPTIONAL: Readonly<Partial<Record<FaultName, Readonly<Record<string, Check>>>>> = {
  error: { retryAfterSeconds: (value) => Number.isInteger(value) && atLeast(0)(value) },
}
const SCOPE: Readonly<Record<string, Check>> = {
  bucket: isText,
  keyPrefix: isText,
  operation: isText,
  count: (value) => Number.isInteger(value) && atLeast(1)(value),
}

/** Reads a fault, from code or from the wire. Throws TypeError that names what is wrong with it. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new TypeError('A fault is an object with a name')
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const name = (value as { name?: unknown }).name
  if (!isFaultName(name)) {
    throw new TypeError(`There is no fault ${JSON.stringify(name)}; there are ${Object.keys(PARAMETERS).join(', ')}`)
  }
  // The clock is one for all requests: it cannot be another one for a bucket.
  const allowed = { ...PARAMETERS[name], ...OPTIONAL[name], ...(name === 'clock' ? {} : SCOPE) }
  for (const [member, text] of members) {
    if (member === 'name') continue
    const check = allowed[member]
    if (!check) throw new TypeError(`The fault ${name} has no ${member}; it takes ${Object.keys(allowed).join(', ')}`)
    if (!check(text)) throw new TypeError(`${member} of the fault ${name} may not be ${JSON.stringify(text)}`)
  }
  const missing = Object.keys(PARAMETERS[name]).find((parameter) => !members.some(([member]) => member === parameter))
  if (missing !== undefined) throw new TypeError(`The fault ${name} needs ${missing}`)
  return Object.fromEntries(members) as Fault
}

function isFaultName(name: unknown): name is FaultName {
  return typeof name === 'string' && Object.hasOwn(PARAMETERS, name)
}
