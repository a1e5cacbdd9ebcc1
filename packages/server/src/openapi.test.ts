import { parseCompleteRequest, parseGrantRequest, parsePartsRequest, UploadError } from '@oss-direct/shared'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type DescribedApi, describedApi } from '../test/described-api.ts'
import { begin, complete, PIECES, putParts, SIZE, sendAll } from '../test/parts.ts'
import { type Client, callbackBodyOf, postForm, putObject, type Stage, sendUnseen, startStage } from '../test/stage.ts'
import { notSignedIn } from './identity.ts'
import type { StoredUpload } from './store.ts'
import { uploadRoute } from './upload-route.ts'

let stage: Stage
let api: DescribedApi
let hook: () => unknown = () => ({ ok: true })

beforeAll(async () => {
  stage = await startStage({
    routes: {
      demo: uploadRoute({
        transports: ['post', 'put', 'sts'],
        callback: { host: 'app.example.com', sni: true, variables: { album: 'a' } },
        onUploaded: () => hook(),
      }),
      big: uploadRoute({ transports: ['multipart'], partBytes: 100 * 1024, onUploaded: () => hook() }),
      one: uploadRoute({
        maxFiles: 1,
        authorize: () => {
          throw new UploadError('file-changed', 'Own words')
        },
        onUploaded: () => null,
      }),
    },
    uploads: {
      keepTrace: true,
      answerWithinMs: 1000,
      identify: ({ headers }) => {
        const caller = headers['x-caller']
        if (caller === 'refused') throw new UploadError('forbidden', 'From another page')
        if (caller === 'unavailable') throw new UploadError('identity-unavailable', 'No keys')
        if (caller === 'broken') throw new Error('a bug')
        if (caller === 'wrong') throw notSignedIn('Use another key.', 'a wrong key')
        return typeof caller === 'string' ? { id: caller } : null
      },
      limits: ({ id }) => (id === 'busy' ? { requestsPerMinute: 1 } : {}),
    },
  })
  api = await describedApi(stage, 'file-changed')
})
afterAll(() => stage.close())

/** A caller whose every answer is compared. */
function caller(name: string): Client & { ask: Client['send'] } {
  const client = stage.as(name)
  const ask: Client['send'] = async (method, path, body) => {
    const answer = await client.send(method, path, body)
    api.check(method, path === '' ? '/' : path, answer)
    return answer
  }
  return { ...client, ask }
}

/** Compares every answer that OSS has heard from us. */
function checkCallbacks(): void {
  for (const { status, answer } of stage.emulator.requests.list().flatMap(({ callbacks }) => callbacks)) {
    if (answer === undefined) continue
    api.check('POST', '/callback', { status, headers: new Headers(answer.headers), body: JSON.parse(answer.body) })
  }
}

/** Gives the record facts that take long to come about. */
async function become(id: string, facts: Partial<StoredUpload>): Promise<void> {
  const upload = await stage.store.find(id)
  if (upload === undefined || !(await stage.store.remove(id, 'nobody', new Date()))) throw new Error('no such record')
  await stage.store.insert([{ ...upload, ...facts }], [])
}

describe('the document', () => {
  it('is OpenAPI 3.1, by its own schema', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(api.document) as never)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('describes the requests that the server takes, and none that it refuses', () => {
    const file = { name: 'a', size: 0, type: '' }
    const cases: [string, (body: unknown) => unknown, unknown[]][] = [
      [
        'GrantRequest',
        parseGrantRequest,
        [
          { route: 'r', files: [file] },
          { route: 'r', transport: 'sts', input: [null], files: [{ ...file, lastModified: -1, crc64: '0' }] },
          ...[{}, [], null, { route: '', files: [file] }, { route: 'r', files: [] }, { route: 'r', files: [1] }],
          { route: 'r', transport: 'ftp', files: [file] },
          { route: 'r', files: Array.from({ length: 51 }, () => file) },
          ...['name', 'size', 'type'].map((name) => ({ route: 'r', files: [{ ...file, [name]: undefined }] })),
          ...[
            { size: -1 },
            { size: 1.5 },
            { size: 2 ** 53 },
            { name: '' },
            { name: 'x'.repeat(1025) },
            { crc64: '01' },
          ].map((wrong) => ({ route: 'r', files: [{ ...file, ...wrong }] })),
        ],
      ],
      [
        'PartsRequest',
        parsePartsRequest,
        [{ partNumbers: [1, 10_000] }, { partNumbers: [] }, { partNumbers: [0] }, { partNumbers: [10_001] }, {}],
      ],
      [
        'CompleteRequest',
        parseCompleteRequest,
        [{}, { crc64: '18446744073709551615' }, { crc64: 5 }, { crc64: '' }, []],
      ],
    ]
    const verdicts = new Set<boolean>()
    for (const [name, parse, bodies] of cases) {
      for (const given of bodies) {
        const body: unknown = JSON.parse(JSON.stringify(given))
        let taken = true
        try {
          parse(body)
        } catch {
          taken = false
        }
        verdicts.add(taken)
        expect(api.describes(name, body), `${name} ${JSON.stringify(body)}`).toBe(taken)
      }
    }
    expect(verdicts.size).toBe(2)
  })
})

describe('every answer of the running server is as described:', () => {
  it('what needs no caller', async () => {
    await caller('').ask('GET', '/routes')
    await caller('').ask('GET', '/openapi.json')
  })

  it('whom it does not let in, of each call', async () => {
    const { id } = await stage.as('ann').grant()
    for (const [pattern, operations] of Object.entries(api.document.paths)) {
      if (['/routes', '/openapi.json', '/callback'].includes(pattern)) continue
      for (const method of Object.keys(operations)) {
        const body =
          pattern === '/' ? { route: 'demo', files: [{ name: 'a', size: 1, type: '' }] } : { partNumbers: [1] }
        const given = method === 'post' ? body : undefined
        const path = pattern === '/' ? '' : pattern.replace('{id}', id)
        for (const name of ['', 'wrong', 'refused', 'unavailable', 'broken', 'busy', 'busy']) {
          await caller(name).ask(method.toUpperCase(), path, given)
        }
        if (id !== '' && pattern !== '/')
          await caller('ann').ask(method.toUpperCase(), path.replace(id, '%E0%A4%A'), given)
        if (id !== '' && pattern !== '/')
          await caller('ann').ask(method.toUpperCase(), path.replace(id, 'nobody'), given)
      }
    }
  })

  it('grants of each kind, and refusals of requests', async () => {
    const ann = caller('ann')
    const file = { name: 'a.txt', size: 5, type: 'text/plain', crc64: '1' }
    for (const transport of ['post', 'put', 'sts'])
      await ann.ask('POST', '', { route: 'demo', transport, files: [file, { ...file, size: 1e12 }] })
    await ann.ask('POST', '', { route: 'big', files: [file] })
    await ann.ask('POST', '', { route: 'nowhere', files: [file] })
    await ann.ask('POST', '', { route: 'one', files: [file, file] })
    await ann.ask('POST', '', { route: 'one', files: [file] })
    await ann.ask('POST', '', 'x'.repeat(600_000))
    await ann.ask('GET', '?limit=2')
    await ann.ask('GET', '?limit=0')
  })

  it('an upload by form: its callback, its record, its trace, its object', async () => {
    const ann = caller('ann')
    const grant = await ann.grant({ size: 9, crc64: '11051210869376104954' })
    const uploaded = await postForm(grant, '123456789')
    expect(uploaded.status).toBe(200)
    checkCallbacks()
    for (const path of ['', '/trace', '/content']) await ann.ask('GET', `/${grant.id}${path}`)
    await ann.ask('POST', `/${grant.id}/confirm`)
    await ann.ask('POST', `/${grant.id}/complete`)
    await ann.ask('POST', `/${grant.id}/parts`, { partNumbers: [1] })
    await ann.ask('DELETE', `/${grant.id}?object=true`)
  })

  it('confirmations that come too early, of another object, of an application or a bucket that fails', async () => {
    const ann = caller('ann')
    const confirm = (id: string) => ann.ask('POST', `/${id}/confirm`)
    const early = await ann.grant()
    await confirm(early.id)
    await ann.ask('GET', `/${early.id}/content`)
    await putObject(stage, early.key, { content: 'another one', type: 'text/plain' })
    await confirm(early.id)
    await ann.ask('GET', `/${early.id}`)

    const unseen = await sendUnseen(stage, ann)
    hook = () => {
      throw new Error('a bug')
    }
    await confirm(unseen.id)
    await ann.ask('GET', `/${unseen.id}`)
    hook = () => {
      throw new UploadError('file-changed', 'Own words')
    }
    await confirm(unseen.id)
    stage.emulator.faults.set({ name: 'error', status: 503, code: 'ServiceUnavailable', operation: 'HeadObject' })
    await confirm(unseen.id)
    stage.emulator.faults.clear()
    let finish = (_: unknown) => {}
    hook = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    await confirm(unseen.id)
    await ann.ask('DELETE', `/${unseen.id}`)
    finish(null)
    hook = () => null
    await vi.waitFor(async () => expect((await confirm(unseen.id)).status).toBe(200))
  })

  it('a file in parts, and what goes wrong with it', async () => {
    const ann = caller('ann')
    const [grant, other, third] = [await begin(ann), await begin(ann), await begin(ann)]
    await ann.ask('POST', `/${grant.id}/parts`, { partNumbers: [1, 2] })
    await ann.ask('POST', `/${grant.id}/parts`, { partNumbers: [9] })
    for (const path of ['parts', 'complete']) await ann.ask('POST', `/${grant.id}/${path}`, 'x'.repeat(600_000))
    await ann.ask('POST', `/${grant.id}/complete`)
    await sendAll(ann, grant)
    hook = () => {
      throw new UploadError('file-changed', 'Own words')
    }
    await ann.ask('POST', `/${grant.id}/complete`)
    let finish = (_: unknown) => {}
    hook = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    await ann.ask('POST', `/${grant.id}/complete`)
    finish(null)
    hook = () => null
    await vi.waitFor(async () => expect((await ann.ask('POST', `/${grant.id}/complete`)).status).toBe(200))
    await ann.ask('POST', `/${grant.id}/parts`, { partNumbers: [1] })

    for (const [status, operation] of [
      [403, 'ListParts'],
      [503, 'ListParts'],
      [403, 'AbortMultipartUpload'],
      [503, 'AbortMultipartUpload'],
    ] as const) {
      const { body } = await ann.ask('POST', `/${other.id}/parts`, { partNumbers: [1] })
      expect(body).toHaveProperty('urls')
      stage.emulator.faults.set({ name: 'error', status, code: 'X', operation })
      await ann.ask('POST', `/${other.id}/parts`, { partNumbers: [1] })
      if (operation === 'ListParts') await ann.ask('POST', `/${other.id}/complete`)
      else await ann.ask('DELETE', `/${other.id}`)
      stage.emulator.faults.clear()
    }
    const { body } = await ann.ask('POST', `/${third.id}/parts`, { partNumbers: [1, 2, 3] })
    expect(
      await putParts(body as never, [
        'a'.repeat(PIECES[0]?.length ?? SIZE),
        'b'.repeat(PIECES[0]?.length ?? SIZE),
        'c',
      ]),
    ).toEqual([200, 200, 200])
    expect((await complete(ann, third.id)).status).toBe(422)
    await ann.ask('POST', `/${third.id}/complete`)
  })

  it('callbacks that are refused', async () => {
    const ann = caller('ann')
    const [grant, ended, foreign] = [await ann.grant(), await ann.grant(), await ann.grant()]
    const body = callbackBodyOf(grant)
    expect(await stage.haveOssSay('a=b')).toBe(400)
    expect(await stage.haveOssSay(body.replace(/ticket=t1/, 'ticket=t2'))).toBe(403)
    expect(await stage.haveOssSay(body)).toBe(404)
    await become(ended.id, { status: 'aborted' })
    expect(await stage.haveOssSay(callbackBodyOf(ended))).toBe(409)
    await putObject(stage, foreign.key, { content: 'another one', type: 'text/plain' })
    expect(await stage.haveOssSay(callbackBodyOf(foreign))).toBe(422)
    let finish = (_: unknown) => {}
    for (const answer of [
      () => {
        throw new UploadError('internal', 'Own words')
      },
      () => {
        throw new UploadError('file-changed', 'Own words')
      },
      () => {
        throw new Error('a bug')
      },
      () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    ]) {
      hook = answer
      expect((await postForm(await ann.grant(), 'hello')).status).toBe(203)
    }
    finish(null)
    hook = () => null
    checkCallbacks()
    const large = await fetch(`${stage.origin}/uploads/callback`, { method: 'POST', body: 'x'.repeat(70_000) })
    api.check('POST', '/callback', { status: large.status, headers: large.headers, body: await large.json() })
  })

  it('records that ended, and an object that was exchanged', async () => {
    const ann = caller('ann')
    const [late, aborted, form] = [await begin(ann), await begin(ann), await ann.grant()]
    await become(late.id, { expiresAt: new Date(0) })
    await ann.ask('POST', `/${late.id}/parts`, { partNumbers: [1] })
    await become(aborted.id, { status: 'aborted' })
    await ann.ask('POST', `/${aborted.id}/complete`)
    await ann.ask('POST', `/${aborted.id}/confirm`)

    expect((await postForm(form, 'hello')).status).toBe(200)
    const object = { size: 5, mimeType: 'text/plain', etag: 'another' }
    await become(form.id, { transport: 'sts', expiresAt: new Date(0), object })
    await ann.ask('GET', `/${form.id}/content`)
    stage.emulator.faults.set({ name: 'error', status: 403, code: 'AccessDenied', operation: 'HeadObject', count: 1 })
    await ann.ask('GET', `/${form.id}/content`)
  })

  it('and the document has no call, and no status of one, that was not seen', () => {
    expect(api.unseen()).toEqual([])
  })
})
