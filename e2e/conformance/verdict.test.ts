import { describe, expect, it } from 'vitest'
import { type Delivery, type Expected, judge, type Outcome, printTable, type StoryLine } from './verdict.ts'

const expected: Expected = {
  sdk: 'SDK',
  signature: 'V4',
  run: 'sdk-v4',
  stories: ['object', 'callback'],
  isRequired: false,
}
const delivery: Delivery = {
  id: 'id-1',
  run: 'sdk-v4',
  isSignatureRight: true,
  fields: { user: '42', album: '春天/a b', size: 5, etag: 'ABC' },
}
const object: StoryLine = { story: 'object', ok: true, detail: null }
const callback: StoryLine = {
  story: 'callback',
  ok: true,
  detail: { answer: { Status: 'OK', id: 'id-1' }, etag: '"ABC"', size: 5 },
}

function judgeLines(lines: StoryLine[], deliveries: Delivery[] = [delivery]) {
  return judge(expected, { lines }, deliveries)
}

describe('the judge', () => {
  it('passes a program that told every story and whose callback arrived', () => {
    const judged = judgeLines([object, callback])
    expect(judged.cells).toEqual({ object: 'pass', callback: 'pass' })
    expect(judged.failures).toEqual([])
  })

  it.each<[string, StoryLine[], string]>([
    ['was not told', [callback], 'object: not printed'],
    ['was told twice', [object, object, callback], 'object: printed more than once'],
    ['did not end well', [{ ...object, ok: false, detail: 'why' }, callback], 'object: why'],
  ])('fails a story that %s', (_what, lines, failure) => {
    const judged = judgeLines(lines)
    expect(judged.cells).toEqual({ object: 'FAIL', callback: 'pass' })
    expect(judged.failures).toEqual([failure])
  })

  it.each<[string, Partial<Delivery>, string]>([
    ['with a wrong signature', { isSignatureRight: false }, 'the signature of the callback is wrong'],
    ['of another program', { run: 'sdk-v1' }, 'the answer is one to sdk-v1'],
    ['that the application never had', { id: 'id-2' }, 'the application gave no such answer'],
    ['with another size', { fields: { ...delivery.fields, size: 6 } }, 'the callback says size=6, the program 5'],
    ['with another ETag', { fields: { ...delivery.fields, etag: 'DEF' } }, 'the callback says etag=DEF'],
    ['without a variable', { fields: { ...delivery.fields, user: undefined } }, 'user=undefined, the program 42'],
  ])('fails a callback %s', (_what, change, complaint) => {
    const judged = judgeLines([object, callback], [{ ...delivery, ...change }])
    expect(judged.cells).toEqual({ object: 'pass', callback: 'FAIL' })
    expect(judged.failures).toEqual([expect.stringContaining(complaint)])
  })

  it('fails a program that dies after its stories, or tells one that nobody knows', () => {
    expect(judge(expected, { lines: [object, callback], end: 'ended with 1' }, [delivery]).failures).toEqual([
      'ended with 1',
    ])
    expect(judgeLines([object, callback, { ...object, story: 'oject' }]).failures).toHaveLength(1)
  })

  it('takes a missing language for a failure only where it is required, and one that cannot be prepared always', () => {
    const missing: Outcome = { missing: 'not on the PATH: go' }
    const cells = { object: 'missing', callback: 'missing' }
    expect(judge(expected, missing, [])).toMatchObject({ cells, failures: [] })
    expect(judge({ ...expected, isRequired: true }, missing, [])).toMatchObject({
      cells,
      failures: ['not on the PATH: go'],
    })
    expect(judge(expected, { unprepared: 'pip failed' }, [])).toMatchObject({
      cells: { object: 'FAIL', callback: 'FAIL' },
      failures: ['pip failed'],
    })
  })
})

describe('the table', () => {
  it('has a row an SDK and leaves empty what it has not', () => {
    const [head, rule, row] = printTable([judgeLines([object, callback])]).split('\n')
    expect(head).toMatch(/^\| SDK \| signature \| object \| callback \| callback-failed \|/)
    expect(rule).toMatch(/^\| --- \| --------- \| ------ \|/)
    expect(row).toMatch(/^\| SDK \| V4 {8}\| pass {3}\| pass {5}\| {17}\|/)
  })
})
