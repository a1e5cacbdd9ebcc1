import { describe, expect, it } from 'vitest'
import { createLanes } from './lanes.ts'

const never = new AbortController().signal
const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('lanes', () => {
  it('work no more at a time than there are, in order', async () => {
    const lanes = createLanes(2)
    const begun: number[] = []
    const ends: (() => void)[] = []
    const all = [0, 1, 2, 3].map((number) =>
      lanes.run(never, () => {
        begun.push(number)
        return new Promise<void>((resolve) => ends.push(resolve))
      }),
    )
    await settle()
    expect(begun).toEqual([0, 1])
    ends[1]?.()
    await settle()
    expect(begun).toEqual([0, 1, 2])
    for (const end of ends) end()
    await settle()
    ends[3]?.()
    await Promise.all(all)
    expect(begun).toEqual([0, 1, 2, 3])
  })

  it('are free again after work that failed', async () => {
    const lanes = createLanes(1)
    await expect(lanes.run(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(lanes.run(never, async () => 'yes')).resolves.toBe('yes')
  })

  it('are not waited for once the signal has come, and lose none by it', async () => {
    const lanes = createLanes(1)
    const abort = new AbortController()
    let end = () => {}
    const first = lanes.run(never, () => new Promise<void>((resolve) => (end = resolve)))
    const second = lanes.run(abort.signal, async () => 'sent')
    const third = lanes.run(never, async () => 'third')
    abort.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    await expect(lanes.run(abort.signal, async () => 'sent')).rejects.toMatchObject({ code: 'cancelled' })
    end()
    await first
    await expect(third).resolves.toBe('third')
  })
})
