import { describe, expect, it } from 'vitest'
import { uploadIn } from './upload.fixture.ts'
import { changedPhase } from './use-settled.ts'

const done = uploadIn('done', { id: 'a' })
const sending = uploadIn('sending', { id: 'b' })

describe('uploads that changed their phase', () => {
  it('are those that did, and those that are new', () => {
    const settled = uploadIn('done', { id: 'b' })
    const failed = uploadIn('failed', { id: 'c' })
    expect(changedPhase([done, sending], [done, settled, failed])).toEqual([settled, failed])
  })

  it('are none when one is removed and the others move up', () => {
    expect(changedPhase([sending, done], [done])).toEqual([])
    expect(changedPhase([sending, done], [uploadIn('done', { id: 'a' })])).toEqual([])
  })

  it('are none when something else of it changed, like the time of the next question', () => {
    const waiting = uploadIn('unconfirmed', { id: 'u' })
    expect(changedPhase([waiting], [{ ...waiting }])).toEqual([])
  })
})
