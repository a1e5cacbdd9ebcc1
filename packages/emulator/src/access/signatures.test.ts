import { createHash } from 'node:crypto'
import {
  bucketAddress,
  type Credentials,
  percentEncode,
  percentEncodeKey,
  presignUrl,
  type SigningOptions,
  signHeaders,
} from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { type Answer, accessKey, send, startOss } from '../stage/stage.fixture.ts'

// Every way in, attacked. That honest requests get in is said by the SDKs; here it is the first line of each test.

const KEY = 'u/a b+猫.txt'
const region = 'cn-hangzhou'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const stranger: Credentials = { accessKeyId: 'nobody', accessKeySecret: accessKey.accessKeySecret }
const guess: Credentials = { accessKeyId: accessKey.accessKeyId, accessKeySecret: 'guess' }

/** What is on its way to the server: an attacker may change any of it. */
interface Sent {
  method: string
  bucket: string
  key: string
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
}

type Signing = Partial<SigningOptions> & { clockMs?: number }

interface Attack {
  /** Another signer, or an honest one whose clock or region is another. */
  sign?: Signing
  /** What is done to the request afterwards. */
  alter?: (sent: Sent) => Sent
  /** How much later it arrives, by the clock of the local OSS. */
  laterMs?: number
  status?: number
  code: string
  ec?: string
}

const refused = { code: 'SignatureDoesNotMatch', ec: '0002-00000040' }
const skewed = { code: 'RequestTimeTooSkewed', ec: '0002-00000504' }
const invalid = { status: 400, code: 'InvalidArgument' }
const unknown = { code: 'InvalidAccessKeyId', ec: '0002-00000902' }

const header = (name: string, value: string | undefined) => (sent: Sent) => ({
  ...sent,
  headers: put(sent.headers, name, value),
})
const query = (name: string, value: string | undefined) => (sent: Sent) => ({
  ...sent,
  query: put(sent.query, name, value),
})
const authorization = (change: (text: string) => string) => (sent: Sent) => {
  return header('authorization', change(sent.headers.authorization ?? ''))(sent)
}

const ALTERED: Readonly<Record<string, Attack>> = {
  'for another method': { alter: (sent) => ({ ...sent, method: 'DELETE' }), ...refused },
  'for another key': { alter: (sent) => ({ ...sent, key: 'u/other.txt' }), ...refused },
  'for a key in other letters': { alter: (sent) => ({ ...sent, key: KEY.toUpperCase() }), ...refused },
  'for another bucket': { alter: (sent) => ({ ...sent, bucket: 'other' }), ...refused },
  'for a key that climbs out of the bucket': { alter: (sent) => ({ ...sent, key: `../other/${KEY}` }), ...refused },
  'with another signed query value': { alter: query('x-oss-traffic-limit', '838860800'), ...refused },
  'without a signed query parameter': { alter: query('x-oss-traffic-limit', undefined), ...refused },
  'with a subresource that was not signed': { alter: query('response-content-type', 'text/html'), ...refused },
  'with another type': { alter: header('content-type', 'text/html'), ...refused },
  'without its Content-MD5': { alter: header('content-md5', undefined), ...refused },
  'with the Content-MD5 of another body': { alter: header('content-md5', md5('other')), ...refused },
  'with other metadata': { alter: header('x-oss-meta-author', 'mallory'), ...refused },
  'with metadata taken away': { alter: header('x-oss-meta-author', undefined), ...refused },
  'with an ACL that was not signed': { alter: header('x-oss-object-acl', 'public-read'), ...refused },
  'with a callback that was not signed': { alter: header('x-oss-callback', 'e30='), ...refused },
}

const HEADER: Readonly<Record<string, Attack>> = {
  ...ALTERED,
  'by another secret': { sign: { credentials: guess }, ...refused },
  'by an unknown key': { sign: { credentials: stranger }, ...unknown },
  'by a clock 16 minutes ahead': { sign: { clockMs: 16 * MINUTE }, ...skewed },
  'by a clock 16 minutes behind': { sign: { clockMs: -16 * MINUTE }, ...skewed },
  'again a day later': { laterMs: DAY, ...skewed },
  'again a day later with a new Date beside it': {
    laterMs: DAY,
    alter: header('date', later(DAY).toUTCString()),
    ...skewed,
  },
  'without a date': { alter: header('x-oss-date', undefined), code: 'AccessDenied' },
  'with a date that is none': { alter: header('x-oss-date', 'yesterday'), code: 'AccessDenied' },
  'with the token of somebody': {
    alter: header('x-oss-security-token', 'token'),
    code: 'AccessKeyIdAndSecurityTokenNotMatch',
  },
  'of an unknown kind': {
    alter: header('authorization', 'Bearer x'),
    ...invalid,
    ec: '0002-00000002',
  },
  'and in the URL as well': { alter: query('Signature', 'x'), ...invalid },
  'and in the URL as well, V4': { alter: query('x-oss-signature', 'x'), ...invalid },
  'with a cut signature': { alter: authorization((text) => text.slice(0, -1)), ...refused },
}

const HEADER_V1: Readonly<Record<string, Attack>> = {
  'again a day later with a new date': {
    laterMs: DAY,
    alter: header('x-oss-date', later(DAY).toUTCString()),
    ...refused,
  },
}

const HEADER_V4: Readonly<Record<string, Attack>> = {
  'again a day later with a new date': {
    laterMs: DAY,
    alter: header('x-oss-date', isoDate(DAY)),
    ...invalid,
  },
  'for another region': { sign: { region: 'cn-beijing' }, ...invalid, ec: '0002-00000226' },
  'for another product': { sign: { product: 'ecs' }, ...invalid },
  'with another additional header': { alter: header('cache-control', 'max-age=9'), ...refused },
  'without its additional header': { alter: header('cache-control', undefined), ...refused },
  'with the additional header left out of the list': {
    alter: authorization((text) => text.replace(/AdditionalHeaders=[^,]+,/, '')),
    ...refused,
  },
  'with an empty list of additional headers': {
    alter: authorization((text) => text.replace(/AdditionalHeaders=[^,]+/, 'AdditionalHeaders=')),
    ...invalid,
    ec: '0002-00000076',
  },
  'without x-oss-content-sha256': {
    alter: header('x-oss-content-sha256', undefined),
    ...invalid,
  },
  'with a digest of the body, which OSS does not take': {
    alter: header('x-oss-content-sha256', 'e3b0c4'),
    ...invalid,
  },
  'for another day': {
    alter: authorization((text) => text.replace(/\/\d{8}\//, '/20200101/')),
    ...invalid,
  },
  'with half a credential': {
    alter: authorization((text) => text.replace('/oss/', '/')),
    ...invalid,
  },
  'without a signature': {
    alter: authorization((text) => text.replace(/,Signature=.*/, '')),
    ...invalid,
  },
}

describe.each([
  ['V1', { ...HEADER, ...HEADER_V1 }],
  ['V4', { ...HEADER, ...HEADER_V4 }],
] as const)('a request signed by %s in its header is refused', (version, attacks) => {
  it.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const oss = await startWithObject()
    const sent = signed(attack.sign ?? {}, version)
    expect((await deliver(oss, signed({}, version))).status).toBe(200)
    await expectRefused(oss, attack.alter?.(sent) ?? sent, attack)
  })
})

const URLS: Readonly<Record<string, Attack>> = {
  ...ALTERED,
  'by another secret': { sign: { credentials: guess }, ...refused },
  'by an unknown key': { sign: { credentials: stranger }, ...unknown },
  'after its end': { laterMs: 61 * 1000, code: 'AccessDenied', ec: '0002-00000069' },
  'a day later': { laterMs: DAY, code: 'AccessDenied', ec: '0002-00000069' },
  'and in the header as well': { alter: header('authorization', 'OSS ak:x'), ...invalid },
}

const URL_V1: Readonly<Record<string, Attack>> = {
  'with a token in its header': { alter: header('x-oss-security-token', 'token'), status: 400, code: 'InvalidRequest' },
  'with a later end': { alter: query('Expires', String(Math.floor(Date.now() / 1000) + 3600)), ...refused },
  'with an end that is no number': { alter: query('Expires', 'never'), code: 'AccessDenied', ec: '0002-00000070' },
  'without an end': { alter: query('Expires', undefined), code: 'AccessDenied' },
  'without a signature': { alter: query('Signature', undefined), code: 'AccessDenied' },
  'without a key': { alter: query('OSSAccessKeyId', undefined), code: 'AccessDenied' },
}

const URL_V4: Readonly<Record<string, Attack>> = {
  'with a token in its header': { alter: header('x-oss-security-token', 'token'), ...refused },
  'with a longer life': { alter: query('x-oss-expires', '3600'), ...refused },
  'for longer than a week': { alter: query('x-oss-expires', '604801'), ...invalid },
  'for no time': { alter: query('x-oss-expires', '0'), ...invalid },
  'for half seconds': { alter: query('x-oss-expires', '60.5'), ...invalid },
  'without a lifetime': {
    alter: query('x-oss-expires', undefined),
    ...invalid,
    ec: '0002-00000215',
  },
  'without a signature': {
    alter: query('x-oss-signature', undefined),
    ...invalid,
    ec: '0002-00000219',
  },
  'without a version': {
    alter: query('x-oss-signature-version', undefined),
    ...invalid,
    ec: '0002-00000002',
  },
  'without a credential': { alter: query('x-oss-credential', undefined), ...invalid },
  'without a date': { alter: query('x-oss-date', undefined), code: 'AccessDenied' },
  'with a later start': { alter: query('x-oss-date', isoDate(MINUTE)), ...refused },
  'more than 15 minutes before its start': {
    sign: { clockMs: 16 * MINUTE },
    code: 'AccessDenied',
    ec: '0002-00000235',
  },
  'for another region': { sign: { region: 'cn-beijing' }, ...invalid, ec: '0002-00000226' },
  'for another product': { sign: { product: 'ecs' }, ...invalid },
  'with another additional header': { alter: header('cache-control', 'max-age=9'), ...refused },
  'without its additional header': { alter: header('cache-control', undefined), ...refused },
  'with a list of additional headers that is not the signed one': {
    alter: query('x-oss-additional-headers', 'host'),
    ...refused,
  },
}

describe.each([
  ['V1', { ...URLS, ...URL_V1 }],
  ['V4', { ...URLS, ...URL_V4 }],
] as const)('a URL signed by %s is refused', (version, attacks) => {
  it.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const oss = await startWithObject()
    const sent = presigned(attack.sign ?? {}, version)
    expect((await deliver(oss, presigned({}, version))).status).toBe(200)
    await expectRefused(oss, attack.alter?.(sent) ?? sent, attack)
  })
})

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64')
}

function put(all: Readonly<Record<string, string>>, name: string, value: string | undefined): Record<string, string> {
  const rest = Object.fromEntries(Object.entries(all).filter(([own]) => own !== name))
  return value === undefined ? rest : { ...rest, [name]: value }
}

function later(ms: number): Date {
  return new Date(Date.now() + ms)
}

/** As V4 has it. */
function isoDate(ms: number): string {
  return later(ms)
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
}

const plain = {
  method: 'PUT',
  bucket: 'photos',
  key: KEY,
  query: { 'x-oss-traffic-limit': '819200' },
  headers: {
    'content-type': 'text/plain',
    'content-md5': md5('hello'),
    'cache-control': 'max-age=1',
    'x-oss-meta-author': 'alice',
  },
}

function signed({ clockMs = 0, ...more }: Signing, version: 'V1' | 'V4'): Sent {
  const options = { credentials: accessKey, region, now: later(clockMs), version, additionalHeaders: ['cache-control'] }
  return { ...plain, headers: signHeaders(plain, { ...options, ...more }) }
}

function presigned({ clockMs = 0, region: signedRegion = region, ...more }: Signing, version: 'V1' | 'V4'): Sent {
  const address = bucketAddress({ bucket: 'photos', region: signedRegion, endpoint: 'http://localhost' })
  const request = { address, method: 'PUT', key: KEY, query: plain.query, headers: plain.headers, expiresInSeconds: 60 }
  const options = { credentials: accessKey, now: later(clockMs), version, additionalHeaders: ['cache-control'] }
  const url = new URL(presignUrl({ ...request, ...options, ...more }))
  return { ...plain, query: Object.fromEntries(url.searchParams) }
}

function deliver(oss: Emulator, { method, bucket, key, query, headers }: Sent): Promise<Answer> {
  const search = Object.entries(query).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
  // Dots are escaped, or the client itself would resolve them.
  const path = percentEncodeKey(key).replaceAll('../', '%2E%2E%2F')
  return send(`${oss.origin}/${bucket}/${path}?${search.join('&')}`, { method, headers, body: Buffer.from('hello') })
}

async function startWithObject(): Promise<Emulator> {
  const oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'other' }] })
  await restore(oss)
  return oss
}

async function restore(oss: Emulator): Promise<void> {
  const headers = signHeaders(
    { method: 'PUT', bucket: 'photos', key: KEY },
    { credentials: accessKey, region, now: new Date() },
  )
  expect(
    (
      await send(`${oss.origin}/photos/${percentEncodeKey(KEY)}`, {
        method: 'PUT',
        headers,
        body: Buffer.from('before'),
      })
    ).status,
  ).toBe(200)
}

async function expectRefused(oss: Emulator, sent: Sent, attack: Attack): Promise<void> {
  await restore(oss)
  if (attack.laterMs !== undefined) oss.faults.set({ name: 'clock', offsetMs: attack.laterMs })
  expectAnswer(await deliver(oss, sent), attack)
  oss.faults.clear()
  await expectUntouched(oss)
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

async function expectUntouched(oss: Emulator): Promise<void> {
  const get = { method: 'GET', bucket: 'photos', key: KEY }
  const headers = signHeaders(get, { credentials: accessKey, region, now: new Date() })
  expect((await send(`${oss.origin}/photos/${percentEncodeKey(KEY)}`, { headers })).text).toBe('before')
}
