import { describe, expect, it } from 'vitest'
import { FAULT_KINDS, faultOf } from './fault-kinds.ts'

const kind = (name: string) => {
  const found = FAULT_KINDS.find((known) => known.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

describe('what is sent for a switch', () => {
  it.each([
    ['slow', { bytesPerSecond: '200' }, true, { name: 'slow', bytesPerSecond: 204_800 }],
    ['drop', { afterBytes: '64' }, true, { name: 'drop', afterBytes: 65_536, count: 1 }],
    ['error', { status: '403', code: ' AccessDenied ' }, false, { name: 'error', status: 403, code: 'AccessDenied' }],
    ['callback-slow', { delayMs: '1.5' }, false, { name: 'callback-slow', delayMs: 1500 }],
    ['clock', { offsetMs: '-20' }, true, { name: 'clock', offsetMs: -1_200_000 }],
    ['lose-answer', {}, true, { name: 'lose-answer', count: 1 }],
  ])('%s %j, once: %s', (name, values, once, fault) => {
    expect(faultOf(kind(name), values, once)).toEqual(fault)
  })
})
