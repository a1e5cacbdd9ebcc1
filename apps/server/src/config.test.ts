import { join, resolve } from 'node:path'
import { startEmulator } from '@oss-direct/emulator'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const real = {
  OSS_REGION: 'cn-hangzhou',
  OSS_BUCKET: 'photos',
  OSS_ACCESS_KEY_ID: 'id',
  OSS_ACCESS_KEY_SECRET: 'secret',
  CALLBACK_URL: 'https://app.example.com/uploads/callback',
  UPLOADS_SECRET: 'a new secret, long enough,an old one, long enough'.replaceAll(', ', ' '),
}

describe('without OSS variables', () => {
  it('the local OSS is used, with everything given', async () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      port: 3000,
      dataDir: resolve('.data'),
      database: { file: join(resolve('.data'), 'uploads.db') },
      isLocal: true,
      secrets: [],
      sweepIntervalMs: 60_000,
      keepTrace: true,
      callbackUrl: 'http://127.0.0.1:3000/uploads/callback',
      oss: {
        publicAddress: { name: 'uploads', region: 'cn-hangzhou', url: 'http://127.0.0.1:9000/uploads' },
        signatureVersion: 'V4',
        callbackKeyUrls: ['http://127.0.0.1:9000/_callback/callback_pub_key_v1.pem'],
      },
    })
    expect(await config.oss.credentials()).toEqual({
      accessKeyId: 'local-access-key-id',
      accessKeySecret: 'local-access-key-secret',
    })
  })

  it('ports move everywhere, and an empty variable counts as left out', () => {
    const config = readConfig({ PORT: '13000', OSS_EMULATOR_PORT: '19000', OSS_BUCKET: '', DATA_DIR: '/srv/data' })
    expect(config.callbackUrl).toBe('http://127.0.0.1:13000/uploads/callback')
    expect(config.oss.callbackKeyUrls).toEqual(['http://127.0.0.1:19000/_callback/callback_pub_key_v1.pem'])
    expect(config.dataDir).toBe(resolve('/srv/data'))
  })
})

describe('DATABASE_URL', () => {
  it.each([
    ['sqlite:/var/lib/uploads.db', { file: '/var/lib/uploads.db' }],
    ['postgres://u:p@db/uploads', { connectionString: 'postgres://u:p@db/uploads' }],
    ['postgresql:///uploads?host=/run/postgresql', { connectionString: 'postgresql:///uploads?host=/run/postgresql' }],
  ])('%s chooses the database', (DATABASE_URL, database) => {
    expect(readConfig({ DATABASE_URL }).database).toEqual(database)
  })
})

describe('who may upload, and how much', () => {
  it('nobody in front is believed and the defaults hold, unless something is said', () => {
    expect(readConfig({})).toMatchObject({ trustedProxies: 0, corsOrigins: [] })
    expect(Object.values(readConfig({}).limits)).toEqual([undefined, undefined, undefined])
    const given = { LIMIT_REQUESTS_PER_MINUTE: '60', LIMIT_OPEN_GRANTS: 'none', LIMIT_BYTES_PER_DAY: '1099511627776' }
    const limits = { requestsPerMinute: 60, openGrants: 'none', bytesPerDay: 1024 ** 4 }
    expect(readConfig({ ...given, TRUST_PROXY: '2' })).toMatchObject({ trustedProxies: 2, limits })
    const networks = { TRUST_PROXY: '10.0.0.0/8, loopback,2001:db8::/32' }
    expect(readConfig(networks).trustedProxies).toEqual(['10.0.0.0/8', 'loopback', '2001:db8::/32'])
  })
})

describe('with a real bucket', () => {
  it('browsers get the public address, the server the internal one, and only the key of OSS counts', () => {
    const config = readConfig({
      ...real,
      OSS_INTERNAL_ENDPOINT: 'oss-cn-hangzhou-internal.aliyuncs.com',
      CALLBACK_SNI: 'false',
    })
    expect(config.isLocal).toBe(false)
    expect(config.oss.publicAddress.url).toBe('https://photos.oss-cn-hangzhou.aliyuncs.com')
    expect(config.oss.internalAddress.url).toBe('https://photos.oss-cn-hangzhou-internal.aliyuncs.com')
    expect(config.oss).not.toHaveProperty('callbackKeyUrls')
    expect(config.secrets).toEqual(['a new secret long enough', 'an old one long enough'])
    expect(config.callbackSni).toBe(false)
    expect([config.keepTrace, readConfig({ ...real, KEEP_TRACE: 'true' }).keepTrace]).toEqual([false, true])
  })

  it('a domain of its own is for browsers alone', () => {
    const config = readConfig({ ...real, OSS_CNAME: 'cdn.example.com' })
    expect(config.oss.publicAddress.url).toBe('https://cdn.example.com')
    expect(config.oss.internalAddress.url).toBe('https://photos.oss-cn-hangzhou.aliyuncs.com')
  })

  it('temporary credentials and no callback at all are possible', async () => {
    const config = readConfig({ ...real, OSS_SESSION_TOKEN: 'token', CALLBACK_URL: 'none' })
    expect(await config.oss.credentials()).toMatchObject({ securityToken: 'token' })
    expect(config.callbackUrl).toBe('none')
  })

  it('a role is assumed with the access key, and is the one of temporary keys', async () => {
    const sts = await startEmulator({ accessKeys: [{ accessKeyId: 'id', accessKeySecret: 'secret' }] })
    const role = { OSS_ROLE_ARN: 'acs:ram::1234567890123456:role/uploader', OSS_STS_ENDPOINT: sts.origin }
    const { oss } = readConfig({ ...real, ...role })
    expect(await oss.credentials()).toMatchObject({
      accessKeyId: expect.stringMatching(/^STS\./),
      securityToken: expect.any(String),
    })
    expect(oss.sessions).toMatchObject({ roleArn: role.OSS_ROLE_ARN, endpoint: sts.origin })
    expect(await oss.sessions?.credentials?.()).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret' })
    expect(readConfig(real).oss).not.toHaveProperty('sessions')
    await sts.close()
  })
})

describe('a mistake', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['a port', { PORT: 'abc' }, ['PORT must be a port, 1 to 65535']],
    ['no role', { ...real, OSS_ROLE_ARN: 'uploader' }, ['OSS_ROLE_ARN must be a role such as acs:ram::']],
    ['half a port', { PORT: '80.5' }, ['PORT must be a port, 1 to 65535']],
    ['no port', { PORT: '0' }, ['PORT must be a port, 1 to 65535']],
    ['too rare a sweep', { SWEEP_INTERVAL_SECONDS: '3601' }, ['SWEEP_INTERVAL_SECONDS must be a whole number, 1 to']],
    ['two equal ports', { PORT: '9000' }, ['PORT and OSS_EMULATOR_PORT are both 9000; they need to differ']],
    [
      'a private callback host',
      { ...real, CALLBACK_URL: 'http://10.0.0.1/cb' },
      ['CALLBACK_URL: OSS would refuse the callback URL http://10.0.0.1/cb'],
    ],
    ['a callback host without dot', { ...real, CALLBACK_URL: 'http://localhost:3000/cb' }, ["On a laptop use 'none'"]],
    [
      'a short secret',
      { ...real, UPLOADS_SECRET: 'short' },
      ['UPLOADS_SECRET must be one or several secrets of at least 16 bytes'],
    ],
    ['another kind of database', { DATABASE_URL: 'mysql://x/y' }, ['DATABASE_URL must be sqlite:']],
    ['a database server without a database', { DATABASE_URL: 'postgres://u:p@db:5432/' }, ['DATABASE_URL must be']],
    ['an address of a database that is none', { DATABASE_URL: 'postgres://u:p@db:x/y' }, ['DATABASE_URL must be']],
    ['everybody as a proxy', { TRUST_PROXY: 'true' }, ['TRUST_PROXY must be the number of proxies in front of this']],
    ['a host as a proxy', { TRUST_PROXY: 'proxy.example' }, ['TRUST_PROXY must be']],
    ['no request at all', { LIMIT_REQUESTS_PER_MINUTE: '0' }, ['LIMIT_REQUESTS_PER_MINUTE must be a whole number']],
    ['bytes with a unit', { LIMIT_BYTES_PER_DAY: '5GiB' }, ['LIMIT_BYTES_PER_DAY must be a whole number, 1 or more']],
    ['an origin with a path', { CORS_ORIGINS: 'https://a.example/x' }, ['CORS_ORIGINS must be origins']],
    [
      'an endpoint with a path',
      { ...real, OSS_ENDPOINT: 'https://oss.example/bucket' },
      ['OSS_ENDPOINT must be a host'],
    ],
    [
      'a bucket alone',
      { OSS_BUCKET: 'photos' },
      [
        'OSS_REGION is not set',
        'OSS_ACCESS_KEY_ID is not set',
        'OSS_ACCESS_KEY_SECRET is not set',
        'CALLBACK_URL is not set',
        'UPLOADS_SECRET is not set',
      ],
    ],
    [
      'many at once',
      { ...real, OSS_BUCKET: 'A', SIGNATURE_VERSION: 'V2', CALLBACK_SNI: 'yes', KEEP_TRACE: '1', LOG_LEVEL: 'loud' },
      [
        'OSS_BUCKET must be',
        'SIGNATURE_VERSION must be',
        'CALLBACK_SNI must be',
        'KEEP_TRACE must be',
        'LOG_LEVEL must be',
      ],
    ],
  ])('%s is named, with every other one', (_case, environment, sentences) => {
    const mistakes = mistakesOf(environment)
    for (const sentence of sentences) expect(mistakes).toContainEqual(expect.stringContaining(sentence))
    expect(mistakes).toHaveLength(sentences.length)
  })

  it('never shows a secret', () => {
    const wrong = { ...real, UPLOADS_SECRET: 'hunter2', OSS_BUCKET: '_', DATABASE_URL: 'postgres://u:hunter2@db' }
    const mistakes = mistakesOf(wrong)
    expect(mistakes).toHaveLength(3)
    expect(mistakes.join()).not.toContain('hunter2')
  })
})

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}
