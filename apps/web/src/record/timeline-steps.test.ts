import { expect, it } from 'vitest'
import { stepsOf } from './timeline-steps.ts'

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()

it('each step tells how long it took, and a clock that was set back takes no time', () => {
  const steps = stepsOf([
    { at: at(0), event: 'granted', detail: {} },
    { at: at(120), event: 'callback received', detail: null },
    { at: at(100), event: 'callback answered', detail: { status: 200 } },
  ])
  expect(steps.map(({ sinceMs }) => sinceMs)).toEqual([undefined, 120, 0])
})

it('part addresses that were signed in a row are one step, with the last that was said of them', () => {
  const signed = (ms: number, partNumbers: number[], held: number) => ({
    at: at(ms),
    event: 'parts signed',
    detail: { partNumbers, held },
  })
  const steps = stepsOf([
    { at: at(0), event: 'parts begun', detail: null },
    signed(10, [1, 2], 0),
    signed(900, [3], 2),
    { at: at(1000), event: 'parts listed', detail: { found: 3 } },
    signed(1100, [4], 3),
  ])
  expect(steps.map(({ event, count, detail }) => [event, count, detail.held])).toEqual([
    ['parts begun', 1, undefined],
    ['parts signed', 3, 2],
    ['parts listed', 1, undefined],
    ['parts signed', 1, 3],
  ])
})
