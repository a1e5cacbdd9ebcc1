import { describe, expect, it } from 'vitest'
import { complainOfPartner, type PartnerRun, type PartnerStory, printPartnerTable } from './partner-verdict.ts'

const answer = 'done: {"id":"u1","status":"settled","result":{"receipt":"u1","size":5}}'
const answered: PartnerRun = {
  lines: [answer],
  errors: ['WARNING: an SDK has something to say'],
  endedWell: true,
  record: { id: 'u1', status: 'settled', evidence: 'callback' },
  size: 5,
}
const unconfirmed: PartnerRun = {
  ...answered,
  lines: ['unconfirmed: CallbackFailed', answer],
  record: { id: 'u1', status: 'settled', evidence: 'head' },
}
const refused: PartnerRun = {
  lines: [],
  errors: ['failed: AccessDenied: no'],
  endedWell: false,
  record: { id: 'u1', status: 'granted' },
  size: 5,
}
const unknown: PartnerRun = { ...refused, lines: ['failed: not-signed-in: who?'], errors: [], record: undefined }

describe('the judge of the partners', () => {
  it.each<[PartnerStory, PartnerRun]>([
    ['answered', answered],
    ['callback failed', unconfirmed],
    ['not stored', refused],
    ['not permitted', unknown],
  ])('is content with a program that tells "%s" as it was', (story, run) => {
    expect(complainOfPartner(story, run)).toBeUndefined()
  })

  it.each<[PartnerStory, Partial<PartnerRun>, PartnerRun, string]>([
    ['answered', { endedWell: false }, answered, 'it failed'],
    ['answered', { lines: ['done: <xml>'] }, answered, 'its last line is not the answer'],
    ['answered', { lines: [] }, answered, 'its last line is not the answer'],
    ['answered', { lines: ['unconfirmed: x', answer] }, answered, 'it says unconfirmed'],
    ['answered', { size: 6 }, answered, 'the answer is another one'],
    ['answered', { record: { ...answered.record, id: 'u2' } }, answered, 'the answer is another one'],
    ['answered', { record: { ...answered.record, evidence: 'head' } }, answered, 'the record is settled, by head'],
    ['callback failed', { lines: [answer] }, unconfirmed, 'it does not say that the callback failed'],
    ['callback failed', { record: answered.record }, unconfirmed, 'the record is settled, by callback'],
    ['not stored', { endedWell: true }, refused, 'it ended well'],
    ['not stored', { lines: ['unconfirmed: x'] }, refused, 'it says that something was stored'],
    ['not stored', { errors: ['failed: something'] }, refused, 'it does not say AccessDenied'],
    ['not stored', { record: answered.record }, refused, 'the record is settled'],
    ['not permitted', { lines: ['failed: NetworkError'] }, unknown, 'it does not say not-signed-in'],
  ])('of "%s" complains about %j', (story, change, run, complaint) => {
    expect(complainOfPartner(story, { ...run, ...change })).toContain(complaint)
  })

  it('prints a row for each way of a client', () => {
    const cells = { answered: 'pass', 'not stored': 'FAIL' } as const
    expect(printPartnerTable([{ client: 'curl', way: 'form', cells, failures: [] }]).split('\n')[2]).toBe(
      '| curl   | form | pass     |                 | FAIL       |               |',
    )
  })
})
