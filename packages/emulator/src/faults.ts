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
  /** The request is answered with this error instead of being carried out. */
  | { name: 'error'; status: number; code: string }
  /** The object is stored, the callback sent, and the connection cut before the answer. */
  | { name: 'lose-answer' }
  /** The callback is never sent: 203, status -1. */
  | { name: 'callback-lost' }
  /** The callback is sent this much later. */
  | { name: 'callback-slow'; delayMs: number }
  /** The clock is that far ahead, or with a negative number behind. For all requests. */
  | { name: 'clock'; offsetMs: number }

export type FaultName = FaultKind['name']
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
  clockOffsetMs(): number
}

export function createFaults(): FaultsInForce {
  const faults = new Map<string, SetFault>()
  return {
    set(fault) {
      const id = randomUUID()
      faults.set(id, { ...parseFault(fault), id })
      return id
    },
    clear(id) {
      if (id === undefined) faults.clear()
      else faults.delete(id)
    },
    list: () => [...faults.values()],
    take<Name extends FaultName>(name: Name, request: { bucket: string; key: string; operation: string }) {
      for (const fault of faults.values()) {
        if (!isNamed(fault, name) || !meets(fault, request)) continue
        if (fault.count !== undefined) {
          if (fault.count <= 1) faults.delete(fault.id)
          else faults.set(fault.id, { ...fault, count: fault.count - 1 })
        }
        return fault
      }
      return undefined
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
  error: { status: (value) => Number.isInteger(value) && atLeast(400)(value) && Number(value) < 600, code: isText },
  'lose-answer': {},
  'callback-lost': {},
  'callback-slow': { delayMs: atLeast(0) },
  clock: { offsetMs: atLeast(Number.NEGATIVE_INFINITY) },
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
  const allowed = { ...PARAMETERS[name], ...(name === 'clock' ? {} : SCOPE) }
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
