import { createHash } from 'node:crypto'
import { multipartEtag } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { answerText, encodeCallback, send, startApplication, startOss } from '../stage/stage.fixture.ts'
import { complete, initiate, PART_BYTES, partList, putPart, textsOf, upload, xmlOf } from './multipart.fixture.ts'

const full = (letter: string) => letter.repeat(PART_BYTES)
const md5 = (text: string) => createHash('md5').update(text).digest('base64')
const etagOf = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase()
const start = () => startOss({ buckets: [{ name: 'photos' }, { name: 'open', acl: 'public-read-write' }] })
const refused = ({ status, error }: { status: number; error: { code: string } }) => [status, error.code]

describe('CompleteMultipartUpload refuses, and leaves the upload as it was', () => {
  const lists: [what: string, bodies: string[], list: (a: string, b: string) => string, code: string][] = [
    [
      'a small part in the middle',
      ['small', 'end'],
      (a, b) =>
        partList([
          [1, a],
          [2, b],
        ]),
      'EntityTooSmall',
    ],
    [
      'parts in no order',
      [full('a'), full('b')],
      (a, b) =>
        partList([
          [2, b],
          [1, a],
        ]),
      'InvalidPartOrder',
    ],
    [
      'a part twice',
      [full('a')],
      (a) =>
        partList([
          [1, a],
          [1, a],
        ]),
      'InvalidPartOrder',
    ],
    ['a part that never came', ['a'], (a) => partList([[2, a]]), 'InvalidPart'],
    ['a part number that cannot be', ['a'], (a) => partList([[0, a]]), 'InvalidPart'],
    ['another ETag', ['a'], () => partList([[1, etagOf('b')]]), 'InvalidPart'],
    ['no ETag', ['a'], () => partList([[1, '']]), 'InvalidPart'],
    ['a number that is none', ['a'], (a) => partList([['one', a]]), 'MalformedXML'],
    ['no parts', ['a'], () => partList([]), 'MalformedXML'],
  ]
  it.each(lists)('%s', async (_what, bodies, list, code) => {
    const oss = await start()
    const begun = await upload(oss, 'k', bodies)
    const [first = '', second = ''] = begun.etags
    const answer = await complete(oss, { ...begun, xml: list(first, second) })
    expect(refused(answer)).toEqual([400, code])
    expect((await sendSigned(oss, 'GET', { key: 'k' })).status).toBe(404)
    const listed = await sendSigned(oss, 'GET', { key: 'k', query: { uploadId: begun.uploadId } })
    expect(textsOf(xmlOf(listed), 'Part')).toHaveLength(bodies.length)
    expect((await complete(oss, { ...begun, xml: partList([[1, first]]) })).status).toBe(200)
  })

  it.each([
    ['nothing', ''],
    ['no XML', 'parts, please'],
    ['another document', '<Delete><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></Delete>'],
    ['an entity', `<!DOCTYPE a [<!ENTITY b "c">]>${partList([[1, 'x']])}`],
    [
      'a list without ETag',
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>',
    ],
    ['more than there can be', partList(Array.from({ length: 10_001 }, (_, index) => [index + 1, 'x']))],
    ['what is too long', `<CompleteMultipartUpload>${' '.repeat(2 * 1024 * 1024)}</CompleteMultipartUpload>`],
    ['what takes long to see through', '<'.repeat(1024 * 1024)],
  ])('%s as MalformedXML', async (_what, xml) => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    expect(refused(await complete(oss, { ...begun, xml }))).toEqual([400, 'MalformedXML'])
    expect((await complete(oss, begun)).status).toBe(200)
  })

  it('an ACL that there is not; and takes one that there is', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    const acl = (value: string) => ({ headers: { 'x-oss-object-acl': value } })
    expect(refused(await complete(oss, begun, acl('open')))).toEqual([400, 'InvalidArgument'])
    expect((await send(`${oss.origin}/photos/k`)).status).toBe(403)
    expect((await complete(oss, begun, acl('public-read'))).status).toBe(200)
    expect((await send(`${oss.origin}/photos/k`)).text).toBe('a')
  })

  it('a list whose digest is another', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    expect(refused(await complete(oss, begun, { headers: { 'content-md5': md5('b') } }))).toEqual([
      400,
      'InvalidDigest',
    ])
    expect((await complete(oss, begun, { headers: { 'content-md5': md5(begun.xml) } })).status).toBe(200)
  })

  it('says which part is too small, and which is wrong', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['small', 'end'])
    expect((await complete(oss, begun)).error.details).toMatchObject({
      MinSizeAllowed: '102400',
      ProposedSize: '5',
      PartNumber: '1',
    })
    expect((await complete(oss, begun)).error.ec).toBe('0042-00000213')
    const wrong = await complete(oss, { ...begun, xml: partList([[7, 'x']]) })
    expect(wrong.error.details).toMatchObject({ PartNumber: '7', UploadId: begun.uploadId })
  })

  it('a key that may not be overwritten, said at the beginning or at the end', async () => {
    const oss = await start()
    const forbid = { 'x-oss-forbid-overwrite': 'true' }
    const early = await upload(oss, 'k', ['early'], forbid)
    const late = await upload(oss, 'k', ['late'])
    await sendSigned(oss, 'PUT', { key: 'k', body: 'first' })
    const answers = [await complete(oss, early), await complete(oss, late, { headers: forbid })]
    for (const answer of answers) {
      expect([...refused(answer), answer.error.ec]).toEqual([409, 'FileAlreadyExists', '0042-00000214'])
    }
    const again = await sendSigned(oss, 'POST', { key: 'k', query: { uploads: '' }, headers: forbid })
    expect(refused(again)).toEqual([409, 'FileAlreadyExists'])
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe('first')
    expect((await complete(oss, late)).status).toBe(200)
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe('late')
  })
})

describe('x-oss-complete-all', () => {
  it('takes every part there is', async () => {
    const oss = await start()
    const { key, uploadId } = await upload(oss, 'k', [full('a'), full('b'), 'end'])
    const answer = await complete(oss, { key, uploadId }, { headers: { 'x-oss-complete-all': 'yes' } })
    expect([answer.status, xmlOf(answer).name]).toEqual([200, 'CompleteMultipartUploadResult'])
    expect((await sendSigned(oss, 'GET', { key })).text).toBe(`${full('a')}${full('b')}end`)
  })

  it('takes no list beside it, no other value, and no upload without parts', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    const both = await complete(oss, begun, { headers: { 'x-oss-complete-all': 'yes' } })
    expect([...refused(both), both.error.message]).toEqual([
      400,
      'InvalidArgument',
      'Should not speficy both complete all header and http body.',
    ])
    const { key, uploadId } = begun
    const no = await complete(oss, { key, uploadId }, { headers: { 'x-oss-complete-all': 'no' } })
    expect(refused(no)).toEqual([400, 'InvalidArgument'])
    const empty = { key: 'e', uploadId: await initiate(oss, 'e') }
    const none = await complete(oss, empty, { headers: { 'x-oss-complete-all': 'yes' } })
    expect(refused(none)).toEqual([400, 'InvalidPart'])
  })
})

describe('the callback of CompleteMultipartUpload', () => {
  const body =
    'b=${bucket}&k=${object}&e=${etag}&s=${size}&t=${mimeType}&c=${crc64}&m=${contentMd5}&o=${operation}&r=${reqId}&x=${x:mine}'
  const variables = { 'x-oss-callback-var': encodeCallback({ 'x:mine': 'a/b' }) }

  it('tells of the whole object, and its answer takes the place of the XML', async () => {
    const oss = await start()
    const application = await startApplication(answerText('{"saved": 1}', { 'content-type': 'application/json' }))
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: body })
    const begun = await upload(oss, 'k', [full('a'), 'end'], { 'content-type': 'text/x-cat' })
    const answer = await complete(oss, begun, { headers: { 'x-oss-callback': callback, ...variables } })
    expect([answer.status, answer.text]).toEqual([200, '{"saved": 1}'])
    const etag = multipartEtag([etagOf(full('a')), etagOf('end')])
    expect(answer.headers.get('etag')).toBe(`"${etag}"`)
    expect(answer.headers.has('content-md5')).toBe(false)
    const sent = new URLSearchParams(application.received[0]?.body.toString())
    expect(Object.fromEntries(sent)).toEqual({
      b: 'photos',
      k: 'k',
      e: etag,
      s: String(PART_BYTES + 3),
      t: 'text/x-cat',
      c: answer.headers.get('x-oss-hash-crc64ecma'),
      m: '',
      o: 'CompleteMultipartUpload',
      r: answer.headers.get('x-oss-request-id'),
      x: 'a/b',
    })
  })

  it('may come in the query, but not in both', async () => {
    const oss = await start()
    const application = await startApplication()
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: body })
    const query = { callback, 'callback-var': variables['x-oss-callback-var'] }
    const begun = await upload(oss, 'k', ['a'])
    const both = await complete(oss, begun, { query, headers: { 'x-oss-callback': callback } })
    expect([...refused(both), both.error.ec]).toEqual([400, 'InvalidArgument', '0007-00000027'])
    expect((await complete(oss, begun, { query })).text).toBe('{"Status":"OK"}')
    expect(application.received[0]?.body.toString()).toContain('&x=a%2Fb')
  })

  it('that fails is 203: the object is there, and the upload is not', async () => {
    const oss = await start()
    const application = await startApplication((response) => void response.writeHead(500).end())
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
    const begun = await upload(oss, 'k', ['a'])
    const headers = { 'x-oss-callback': callback }
    const answer = await complete(oss, begun, { headers })
    expect([...refused(answer), answer.error.message]).toEqual([203, 'CallbackFailed', 'Error status : 500.'])
    expect(answer.headers.get('etag')).toBe(`"${multipartEtag([etagOf('a')])}"`)
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe('a')
    expect(refused(await complete(oss, begun, { headers }))).toEqual([404, 'NoSuchUpload'])
  })

  it('that is wrong stores nothing and costs nothing', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    const wrong = await complete(oss, begun, { headers: { 'x-oss-callback': 'no base64' } })
    expect([...refused(wrong), wrong.error.details.ArgumentName]).toEqual([400, 'InvalidArgument', 'callback'])
    expect((await sendSigned(oss, 'GET', { key: 'k' })).status).toBe(404)
    expect((await complete(oss, begun)).status).toBe(200)
  })

  it('counts with no other call', async () => {
    const oss = await start()
    const headers = { 'x-oss-callback': 'no base64' }
    const uploadId = await initiate(oss, 'k', headers)
    expect((await putPart(oss, { key: 'k', uploadId }, 'a', headers)).status).toBe(200)
  })

  it('may ask about the upload while it is called', async () => {
    const oss = await start()
    const asked: Promise<unknown[]>[] = []
    const application = await startApplication((response) => {
      const list = sendSigned(oss, 'GET', { key: 'k', query: { uploadId: begun.uploadId } }).then(refused)
      asked.push(list)
      void list.then(() => answerText('{}')(response))
    })
    const begun = await upload(oss, 'k', ['a'])
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
    expect((await complete(oss, begun, { headers: { 'x-oss-callback': callback } })).status).toBe(200)
    expect(await asked[0]).toEqual([404, 'NoSuchUpload'])
  })
})
