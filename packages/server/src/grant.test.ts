import { staticCredentials } from '@oss-direct/oss'
import { type GrantAnswer, UploadError } from '@oss-direct/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Client, postForm, type Stage, startStage } from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

const GiB = 1024 ** 3
let stage: Stage
let ann: Client
let bob: Client

beforeAll(async () => {
  stage = await startStage({
    routes: {
      demo: uploadRoute({ onUploaded: () => null }),
      films: uploadRoute({ transports: ['post', 'multipart'], maxBytes: 50 * GiB, onUploaded: () => null }),
      photos: uploadRoute({
        accept: ['image/*'],
        minBytes: 2,
        maxBytes: 10,
        maxFiles: 3,
        input: z.object({ album: z.string(), tags: z.array(z.string()).default([]) }),
        authorize: ({ caller, input }) => {
          if (input.album === 'locked')
            throw new UploadError('forbidden', 'The album is locked', { hint: 'Unlock it.' })
          return caller.id !== 'bob'
        },
        key: ({ id, input, extension, caller, file }) => {
          if (file.name === 'cursed.png') throw new UploadError('forbidden', 'No cursed photos')
          return `photos/${caller.id}/${input.album}/${id}${extension}`
        },
        onUploaded: ({ input }) => input,
      }),
    },
  })
  ann = stage.as('ann')
  bob = stage.as('bob')
})
afterAll(() => stage.close())

describe('a grant', () => {
  it('binds every field that it sends, the exact size and nothing looser', async () => {
    const { fields, key } = await ann.grant({ name: '季度 "報告".PDF', size: 7, type: 'application/pdf' })
    const { policy = '', ...others } = fields
    const { conditions } = JSON.parse(Buffer.from(policy, 'base64').toString()) as { conditions: unknown[] }
    expect(conditions).toContainEqual(['content-length-range', 7, 7])
    expect(conditions).toContainEqual({ bucket: 'uploads' })
    for (const [name, value] of Object.entries(others)) {
      if (name === 'x-oss-signature') continue
      const isBound = conditions.some((condition) =>
        Array.isArray(condition)
          ? condition[0] === 'eq' && condition[1] === `$${name}` && condition[2] === value
          : (condition as Record<string, unknown>)[name] === value,
      )
      expect(isBound, name).toBe(true)
    }
    expect(JSON.stringify(conditions)).not.toContain('starts-with')
    expect(key).toMatch(/^demo\/[0-9a-f]{32}\.pdf$/)
    expect(fields).toMatchObject({
      'x-oss-content-type': 'application/pdf',
      'x-oss-forbid-overwrite': 'true',
      success_action_status: '200',
    })
  })

  it('of files of which one is refused is still a grant of the others, by index', async () => {
    const files = [
      { name: 'big.png', size: 11, type: 'image/png' },
      { name: 'cursed.png', size: 5, type: 'image/png' },
      { name: 'ok.png', size: 5, type: 'image/png' },
    ]
    const input = { album: 'sea' }
    const { status, body } = await ann.send('POST', '', { route: 'photos', input, files })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      serverTime: expect.any(String),
      grants: [
        { ok: false, error: { code: 'file-too-large', detail: 'big.png is 11 B; at most 10 B are allowed' } },
        { ok: false, error: { code: 'forbidden', detail: 'No cursed photos' } },
        { ok: true, grant: { key: expect.stringMatching(/^photos\/ann\/sea\/[0-9a-f]{32}\.png$/) } },
      ],
    })
  })

  it('carries the input, as the schema parsed it, to the hook', async () => {
    const files = [{ name: 'a.png', size: 5, type: 'image/png' }]
    const { body } = await ann.send('POST', '', { route: 'photos', input: { album: 'sea', unknown: 1 }, files })
    const [outcome] = (body as GrantAnswer).grants
    if (!outcome?.ok || outcome.grant.transport !== 'post') throw new Error('no grant')
    const answer = await postForm(outcome.grant, 'hello')
    expect(await answer.json()).toMatchObject({ result: { album: 'sea', tags: [] } })
  })

  it("is signed by OSS's clock once a call has told it, however wrong the own one is", async () => {
    const skewed = await startStage()
    skewed.emulator.faults.set({ name: 'clock', offsetMs: 60 * 60_000 })
    const cyd = skewed.as('cyd')
    const early = await cyd.grant()
    expect((await postForm(early, 'hello')).status).toBe(403)
    expect((await cyd.confirm(early.id)).body).toMatchObject({ code: 'object-absent' })
    expect(await (await postForm(await cyd.grant(), 'hello')).json()).toMatchObject({ status: 'settled' })
    await skewed.close()
  })

  it('by V1 signatures is taken by OSS, confirmed and shown as well', async () => {
    const old = await startStage({ signatureVersion: 'V1' })
    const cyd = old.as('cyd')
    const grant = await cyd.grant()
    expect(grant.fields).toHaveProperty('Signature')
    expect(await (await postForm(grant, 'hello')).json()).toMatchObject({ status: 'settled' })
    const { headers } = await cyd.send('GET', `/${grant.id}/content`)
    expect(await (await fetch(headers.get('location') ?? '')).text()).toBe('hello')
    await old.close()
  })

  const png = { name: 'a.png', size: 5, type: 'image/png' }
  it.each([
    ['input that the schema refuses', { input: { album: 7 }, files: [png] }, 400, 'input-invalid', 'input.album: '],
    ['no input', { files: [png] }, 400, 'input-invalid', 'input: '],
    [
      'more files than the route takes',
      { input: { album: 'a' }, files: [png, png, png, png] },
      400,
      'too-many-files',
      '4 files at once; "photos" takes at most 3',
    ],
    [
      'an album that authorize refuses in its own words',
      { input: { album: 'locked' }, files: [png] },
      403,
      'forbidden',
      'The album is locked',
    ],
  ])('is refused for %s', async (_case, request, status, code, detail) => {
    const answer = await ann.send('POST', '', { route: 'photos', ...request })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ code, detail: expect.stringContaining(detail), hint: expect.any(String) })
  })

  it('is refused to whom authorize or identify does not let in', async () => {
    const request = { route: 'photos', input: { album: 'a' }, files: [png] }
    expect((await bob.send('POST', '', request)).body).toMatchObject({ code: 'forbidden' })
    expect(await stage.as('').send('POST', '', request)).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
  })

  it('ends no later than the credentials it was signed with', async () => {
    const expiresAt = new Date(Date.now() + 60_000)
    const short = await startStage({
      uploads: {
        oss: {
          publicAddress: stage.address,
          credentials: staticCredentials({
            accessKeyId: 'STS.x',
            accessKeySecret: 'y',
            securityToken: 'tok',
            expiresAt,
          }),
        },
        callbackUrl: 'none',
      },
    })
    const grant = await short.as('ann').grant()
    expect(grant.expiresAt).toBe(expiresAt.toISOString())
    expect(grant.fields).toMatchObject({ 'x-oss-security-token': 'tok' })
    expect(grant.fields).not.toHaveProperty('callback')
    await short.close()
  })
})

describe('the transport of a grant', () => {
  const ask = async (transport: string | undefined, ...sizes: number[]) => {
    const files = sizes.map((size) => ({ name: 'film.mp4', size, type: 'video/mp4' }))
    return (await ann.send('POST', '', { route: 'films', transport, files })).body as GrantAnswer
  }
  const shown = ({ grants }: GrantAnswer) =>
    grants.map((outcome) => (outcome.ok ? outcome.grant.transport : outcome.error.code))

  it('is the first of the route that takes a file of its size', async () => {
    expect(shown(await ask(undefined, 1, 5 * GiB, 5 * GiB + 1))).toEqual(['post', 'post', 'multipart'])
  })

  it('is the one asked for; what is too large for it is refused, and its siblings are not', async () => {
    const answer = await ask('post', 5 * GiB + 1, 1)
    expect(shown(answer)).toEqual(['file-too-large', 'post'])
    expect(answer.grants[0]).toMatchObject({
      error: {
        detail: 'film.mp4 is 5.0 GiB; one request takes at most 5.0 GiB',
        hint: expect.stringContaining('multipart'),
      },
    })
    expect(shown(await ask('multipart', 0, 1))).toEqual(['multipart', 'multipart'])
  })

  it('in parts is a plan and nothing that could be used, and lasts as long as a transfer may take', async () => {
    const { grants, serverTime } = await ask('multipart', 20 * GiB)
    const [outcome] = grants
    if (!outcome?.ok) throw new Error('no grant')
    expect(outcome.grant).toEqual({
      transport: 'multipart',
      id: expect.any(String),
      key: `films/${outcome.grant.id}.mp4`,
      expiresAt: expect.any(String),
      partSize: 8 * 1024 ** 2,
      partCount: 2560,
    })
    expect(Date.parse(outcome.grant.expiresAt) - Date.parse(serverTime)).toBe((24 * 60 + 15) * 60_000)
  })
})
