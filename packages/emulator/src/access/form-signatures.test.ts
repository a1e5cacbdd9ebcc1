import { bucketAddress, type Credentials, signHeaders, signPostPolicy } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { type Answer, accessKey, post, send, signedFields, startOss } from '../stage/stage.fixture.ts'

// Signed forms, attacked. Each test posts an honest one first.

const KEY = 'u/a.txt'
const region = 'cn-hangzhou'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const stranger: Credentials = { accessKeyId: 'nobody', accessKeySecret: accessKey.accessKeySecret }
const guess: Credentials = { accessKeyId: accessKey.accessKeyId, accessKeySecret: 'guess' }
const unknown = { code: 'InvalidAccessKeyId', ec: '0002-00000902' }
const invalid = { status: 400, code: 'InvalidArgument' }

type Fields = Readonly<Record<string, string>>

interface Signing {
  credentials?: Credentials
  region?: string
  clockMs?: number
  lifetimeMs?: number
}

interface Attack {
  /** Another signer, or an honest one whose clock or region is another. */
  sign?: Signing
  /** What is done to the form afterwards. */
  alter?: (fields: Fields) => Fields
  /** How much later it arrives, by the clock of the local OSS. */
  laterMs?: number
  status?: number
  code: string
  ec?: string
}

const field = (name: string, value: string | undefined) => (fields: Fields) => put(fields, name, value)
const openPolicy = Buffer.from(
  '{"expiration":"2099-01-01T00:00:00Z","conditions":[["starts-with","$key",""]]}',
).toString('base64')

const FORMS: Readonly<Record<string, Attack>> = {
  'by another secret': { sign: { credentials: guess }, code: 'SignatureDoesNotMatch' },
  'by an unknown key': { sign: { credentials: stranger }, ...unknown },
  'with another policy': { alter: field('policy', openPolicy), code: 'SignatureDoesNotMatch' },
  'for another key': { alter: field('key', 'u/other.txt'), code: 'AccessDenied', ec: '0006-00000227' },
  'with the token of somebody': {
    alter: field('x-oss-security-token', 'token'),
    code: 'AccessKeyIdAndSecurityTokenNotMatch',
  },
  'a day later': { laterMs: DAY, code: 'AccessDenied', ec: '0006-00000213' },
  'without a policy': { alter: field('policy', undefined), ...invalid, ec: '0002-00000702' },
}

const FORM_V1: Readonly<Record<string, Attack>> = {
  'without a signature': { alter: field('Signature', undefined), ...invalid, ec: '0002-00000703' },
  'with an empty signature': { alter: field('Signature', ''), ...invalid, ec: '0002-00000704' },
  'with the signature of nothing': { alter: field('Signature', 'AAAA'), code: 'SignatureDoesNotMatch' },
  'without a key': { alter: field('OSSAccessKeyId', undefined), ...invalid, ec: '0002-00000706' },
  'with an empty key': { alter: field('OSSAccessKeyId', ''), ...invalid, ec: '0002-00000707' },
}

const FORM_V4: Readonly<Record<string, Attack>> = {
  'without a signature': { alter: field('x-oss-signature', undefined), ...invalid, ec: '0002-00000703' },
  'with an empty signature': { alter: field('x-oss-signature', ''), ...invalid, ec: '0002-00000704' },
  'of an unknown version': { alter: field('x-oss-signature-version', 'OSS9'), ...invalid, ec: '0002-00000701' },
  'without a version': { alter: field('x-oss-signature-version', undefined), ...invalid, ec: '0002-00000701' },
  'without a credential': { alter: field('x-oss-credential', undefined), ...invalid, ec: '0002-00000710' },
  'for another region': { sign: { region: 'cn-beijing' }, ...invalid, ec: '0002-00000710' },
  'for another day': { alter: field('x-oss-date', '20200101T000000Z'), code: 'AccessDenied' },
  'without a date': { alter: field('x-oss-date', undefined), code: 'AccessDenied' },
  'by a clock 16 minutes ahead': { sign: { clockMs: 16 * MINUTE }, code: 'AccessDenied' },
  'more than a week after its date': { sign: { lifetimeMs: 30 * DAY }, laterMs: 8 * DAY, code: 'AccessDenied' },
}

describe.each([
  ['V1', { ...FORMS, ...FORM_V1 }],
  ['V4', { ...FORMS, ...FORM_V4 }],
] as const)('a form signed by %s is refused', (version, attacks) => {
  it.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const oss = await startWithObject()
    const parts = (fields: Fields) => [...Object.entries(fields), { content: 'hello' }]
    expect((await post(oss, parts(form(oss, {}, version)))).status).toBe(204)
    await restore(oss)
    const fields = form(oss, attack.sign ?? {}, version)
    if (attack.laterMs !== undefined) oss.faults.set({ name: 'clock', offsetMs: attack.laterMs })
    const answer = await post(oss, parts(attack.alter?.(fields) ?? fields))
    expectAnswer(answer, attack)
    oss.faults.clear()
    await expectUntouched(oss)
  })

  it('on nothing but a signed header, which counts for nothing', async () => {
    const oss = await startWithObject()
    const request = { method: 'POST', bucket: 'photos', key: '' }
    const headers = signHeaders(request, { credentials: accessKey, region, now: new Date(), version })
    const answer = await post(oss, [['key', KEY], { content: 'hello' }], { headers })
    expectAnswer(answer, { code: 'AccessDenied', ec: '0003-00000001' })
    await expectUntouched(oss)
  })
})

function put(fields: Fields, name: string, value: string | undefined): Fields {
  const rest = Object.fromEntries(Object.entries(fields).filter(([own]) => own !== name))
  return value === undefined ? rest : { ...rest, [name]: value }
}

/** `public-read`, so that what is stored can be looked at without a signature. */
async function startWithObject(): Promise<Emulator> {
  const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
  await restore(oss)
  return oss
}

async function restore(oss: Emulator): Promise<void> {
  expect((await post(oss, [...signedFields(oss, { key: KEY }), { content: 'before' }])).status).toBe(204)
}

async function expectUntouched(oss: Emulator): Promise<void> {
  expect((await send(`${oss.origin}/photos/${KEY}`)).text).toBe('before')
}

function form(oss: Emulator, sign: Signing, version: 'V1' | 'V4'): Fields {
  const { clockMs = 0, lifetimeMs = MINUTE, region: signedRegion = region, credentials = accessKey } = sign
  const now = new Date(Date.now() + clockMs)
  return signPostPolicy({
    bucket: bucketAddress({ bucket: 'photos', region: signedRegion, endpoint: oss.origin }),
    key: KEY,
    sizeRange: [0, 10],
    now,
    expiresAt: new Date(now.getTime() + lifetimeMs),
    credentials,
    version,
  }).fields
}

function expectAnswer(
  { status, error }: Answer,
  { status: wanted = 403, code, ec }: Pick<Attack, 'status' | 'code' | 'ec'>,
): void {
  expect({ status, code: error.code, ...(ec !== undefined && { ec: error.ec }) }).toEqual({
    status: wanted,
    code,
    ...(ec !== undefined && { ec }),
  })
}
