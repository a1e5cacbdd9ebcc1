import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PROMISES, STYLESHEET, type Weights, weigh } from './weigh.ts'

// Vitest says `test`, and then JSX brings the names of its files with it.
vi.stubEnv('NODE_ENV', 'production')

describe.each(PROMISES)('$what', ({ source, first, ever, later }) => {
  let weights: Weights
  beforeAll(async () => {
    weights = await weigh(source)
  }, 120_000)

  it(`weighs at most ${first} KiB before it can take files`, () => {
    expect(weights.first).toBeGreaterThan(1)
    expect(weights.first).toBeLessThanOrEqual(first)
  })

  it(`weighs at most ${ever} KiB with everything that it ever loads: ${later.join(', ')}`, () => {
    expect(weights.later).toEqual(later)
    expect(weights.ever).toBeLessThanOrEqual(ever)
  })
})

it(`the stylesheet weighs at most ${STYLESHEET.css} KiB`, { timeout: 60_000 }, async () => {
  const { css } = await weigh(STYLESHEET.source)
  expect(css).toBeGreaterThan(1)
  expect(css).toBeLessThanOrEqual(STYLESHEET.css)
})
