import { describe, expect, it } from 'vitest'
import { createPartProgress, type PartProgress } from './part-progress.ts'

describe('the progress of parts', () => {
  it.each<[what: string, storedBytes: number, course: (progress: PartProgress) => void, told: number[]]>([
    ['begins with nothing', 0, () => {}, [0]],
    ['begins with what OSS has', 30, () => {}, [30]],
    [
      'adds up parts under way',
      0,
      (progress) => {
        progress.moved(1, 4)
        progress.moved(2, 5)
        progress.moved(1, 10)
      },
      [0, 4, 9, 15],
    ],
    [
      'does not count a part twice once OSS has it',
      0,
      (progress) => {
        progress.moved(1, 10)
        progress.stored(1, 10)
        progress.moved(2, 1)
      },
      [0, 10, 11],
    ],
    [
      'waits at what it told until a part that was lost has caught up',
      10,
      (progress) => {
        progress.moved(2, 8)
        progress.lost(2)
        progress.moved(2, 3)
        progress.moved(2, 8)
        progress.moved(2, 9)
        progress.stored(2, 10)
      },
      [10, 18, 19, 20],
    ],
    [
      'forgets what a lost part had moved while another goes on',
      0,
      (progress) => {
        progress.moved(1, 9)
        progress.lost(1)
        progress.moved(2, 6)
        progress.stored(2, 10)
      },
      [0, 9, 10],
    ],
  ])('%s', (_what, storedBytes, course, expected) => {
    const told: number[] = []
    course(createPartProgress(storedBytes, { onProgress: (sentBytes) => told.push(sentBytes), onStored: () => {} }))
    expect(told).toEqual(expected)
  })

  it('tells what OSS has apart from what is on its way', () => {
    const stored: number[] = []
    const progress = createPartProgress(30, { onProgress: () => {}, onStored: (bytes) => stored.push(bytes) })
    progress.moved(1, 9)
    progress.stored(1, 10)
    progress.moved(2, 5)
    progress.lost(2)
    expect(stored).toEqual([30, 40])
  })
})
