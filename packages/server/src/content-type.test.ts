import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postForm, type Stage, startStage } from '../test/stage.ts'
import { contentFault } from './content-type.ts'
import { type FailedEvent, uploadRoute } from './upload-route.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const PDF = Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n')
const ZIP = Buffer.concat([Buffer.from('504b0304140000000000', 'hex'), Buffer.alloc(40)])
const MP4 = Buffer.concat([Buffer.from('00000018667479706d703432', 'hex'), Buffer.alloc(40)])
const QUICKTIME = Buffer.concat([Buffer.from('0000001466747970717420200000', 'hex'), Buffer.alloc(40)])
const CFB = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
const html = Buffer.from('<!doctype html><script>alert(1)</script>')
const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
const text = Buffer.from('hello')

describe('the first bytes', () => {
  it.each<[string, Buffer, string]>([
    ['a PNG', PNG, 'image/png'],
    ['a PNG with a parameter', PNG, 'Image/PNG; q=1'],
    ['a PDF', PDF, 'application/pdf'],
    ['a film', MP4, 'video/mp4'],
    ['a film of a telephone, called MP4', QUICKTIME, 'video/mp4'],
    ['a Word file', ZIP, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['an old Word file', CFB, 'application/msword'],
    ['an archive', ZIP, 'application/x-zip-compressed'],
    ['a drawing', svg, 'image/svg+xml'],
    ['a page', html, 'text/html'],
    ['text', text, 'text/plain'],
    ['a table as text', text, 'text/csv'],
    ['nothing, as text', Buffer.alloc(0), 'text/plain'],
    ['anything without a type of its own', text, 'application/octet-stream'],
  ])('of %s fit', async (_what, head, declared) => {
    expect(await contentFault(head, declared)).toBeUndefined()
  })

  it.each<[string, Buffer, string, string]>([
    ['a page as a picture', html, 'image/png', 'its first bytes are not those of image/png'],
    ['a page as a picture under its other name', html, 'image/jpg', 'its first bytes are not those of image/jpg'],
    ['a drawing as a picture', svg, 'image/png', 'its first bytes are those of application/xml, not of image/png'],
    ['a PDF as a picture', PDF, 'image/png', 'its first bytes are those of application/pdf, not of image/png'],
    ['a picture as text', PNG, 'text/plain', 'its first bytes are those of image/png, not of text/plain'],
    ['an archive as a film', ZIP, 'video/mp4', 'its first bytes are those of application/zip, not of video/mp4'],
    ['nothing as a picture', Buffer.alloc(0), 'image/png', 'its first bytes are not those of image/png'],
  ])('of %s do not', async (_what, head, declared, fault) => {
    expect(await contentFault(head, declared)).toBe(fault)
  })
})

describe('a route that accepts by content', () => {
  let stage: Stage
  const failures: FailedEvent[] = []
  const taken: string[] = []
  beforeAll(async () => {
    const hooks = {
      accept: ['image/*'],
      onUploaded: ({ id }: { id: string }) => void taken.push(id),
      onFailed: (event: FailedEvent) => void failures.push(event),
    }
    stage = await startStage({
      routes: { picture: uploadRoute({ ...hooks, acceptBy: 'content' }), trusting: uploadRoute(hooks) },
    })
  })
  afterAll(() => stage.close())

  const send = async (content: Buffer, route: string) => {
    const ann = stage.as('ann')
    const grant = await ann.grant({ name: 'a.png', type: 'image/png', size: content.length }, route)
    const { status } = await postForm(grant, content)
    return { grant, status, record: await ann.record(grant.id), ann }
  }

  it('takes what is what it says', async () => {
    const { status, record, grant } = await send(PNG, 'picture')
    expect([status, record.status]).toEqual([200, 'settled'])
    expect(taken).toContain(grant.id)
  })

  it('deletes what is something else, for good, and never tells the application of it', async () => {
    const { status, record, grant, ann } = await send(html, 'picture')
    expect([status, record.status, record.error?.code]).toEqual([203, 'failed', 'content-mismatch'])
    expect(await ann.confirm(grant.id)).toMatchObject({
      status: 422,
      body: {
        code: 'content-mismatch',
        detail: expect.stringContaining('not those of image/png'),
        hint: /what its name/,
      },
    })
    expect(taken).not.toContain(grant.id)
    expect(failures.at(-1)).toMatchObject({ id: grant.id, error: { code: 'content-mismatch' } })
    const left = stage.emulator.requests
      .list()
      .filter(({ key, operation }) => key === grant.key && operation === 'DeleteObject')
    expect(left).toMatchObject([{ status: 204 }])
  })

  it('reads no more than the beginning, and nothing where nobody asked', async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(300_000)])
    const { grant, record } = await send(large, 'picture')
    expect(record.status).toBe('settled')
    const reads = (key: string) =>
      stage.emulator.requests.list().filter((request) => request.key === key && request.operation === 'GetObject')
    expect(reads(grant.key)).toMatchObject([{ status: 206 }])
    const trusted = await send(html, 'trusting')
    expect(trusted.record.status).toBe('settled')
    expect(reads(trusted.grant.key)).toEqual([])
  })
})
