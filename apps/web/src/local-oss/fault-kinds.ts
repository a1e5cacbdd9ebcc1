/** A number or text of a fault, as a person sets it: in units that people use, not in those of the wire. */
export interface FaultParameter {
  /** Of the wire. */
  name: 'bytesPerSecond' | 'afterBytes' | 'status' | 'code' | 'delayMs' | 'offsetMs'
  start: number | string
  /** One shown unit is so many of the wire's. @default 1 */
  factor?: number
  min?: number
  max?: number
}

export interface FaultKind {
  name: FaultName
  parameters: readonly FaultParameter[]
  /** Whether it can be had once: the clock is one for all requests, and a slow line is no event. */
  mayBeOnce: boolean
}

/** Every fault of `@oss-direct/emulator`, in the order in which an upload meets them. */
export const FAULT_KINDS = [
  { name: 'slow', parameters: [{ name: 'bytesPerSecond', start: 200, factor: 1024, min: 1 }], mayBeOnce: false },
  { name: 'drop', parameters: [{ name: 'afterBytes', start: 64, factor: 1024, min: 0 }], mayBeOnce: true },
  {
    name: 'error',
    parameters: [
      { name: 'status', start: 503, min: 400, max: 599 },
      { name: 'code', start: 'ServiceUnavailable' },
    ],
    mayBeOnce: true,
  },
  { name: 'lose-answer', parameters: [], mayBeOnce: true },
  { name: 'callback-lost', parameters: [], mayBeOnce: true },
  { name: 'callback-slow', parameters: [{ name: 'delayMs', start: 4, factor: 1000, min: 0 }], mayBeOnce: true },
  { name: 'clock', parameters: [{ name: 'offsetMs', start: 20, factor: 60_000 }], mayBeOnce: false },
] as const satisfies readonly { name: string; parameters: readonly FaultParameter[]; mayBeOnce: boolean }[]

export type FaultName = (typeof FAULT_KINDS)[number]['name']

/** What the wire wants, from what stands in the fields. */
export function faultOf(kind: FaultKind, values: Readonly<Record<string, string>>, once: boolean) {
  const parameters = kind.parameters.map(({ name, start, factor = 1 }) => {
    const value = values[name] ?? String(start)
    return [name, typeof start === 'number' ? Math.round(Number(value) * factor) : value.trim()]
  })
  return { name: kind.name, ...Object.fromEntries(parameters), ...(once && kind.mayBeOnce ? { count: 1 } : {}) }
}
