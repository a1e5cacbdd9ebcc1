import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@oss-direct/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  examine,
  goodRule,
  keysLeft,
  page,
  run,
  startApplication,
  startOss,
  startServer,
  variablesOf,
} from '../../test/stage.ts'

describe('a bucket as it should be', () => {
  it('is found so, with the callback on its whole way to a server, and nothing is left', async () => {
    const oss = await startOss()
    const { code, lines } = await examine(variablesOf(oss, { CALLBACK_URL: await startServer(oss) }))
    expect(lines).toEqual([
      'ok settings: OSS_REGION cn-hangzhou and the endpoints belong together',
      "ok clock: The clock of this machine agrees with OSS's",
      'ok credentials: OSS knows the access key and its secret',
      `ok bucket: photos answers at ${oss.origin}/photos`,
      `ok cors: ${page} may send forms (POST), and read what it has to`,
      `ok cors: ${page} may send files in parts (PUT), and read what it has to`,
      expect.stringMatching(/^ok form: A form is taken, and demo\/doctor-\w{16}-form.txt found with its 18 bytes/),
      expect.stringMatching(
        /^ok callback: OSS reached http.*\/uploads\/callback, and the server verified its signature/,
      ),
      'ok parts: An object in parts can be begun, looked at and dropped',
      expect.stringContaining('skipped lifecycle: the key may not read lifecycle rules, as it should be'),
      'ok rights: The key was refused all that the server does not need',
      'ok cleanup: What was sent is removed',
    ])
    expect(code).toBe(0)
    expect(await keysLeft(oss)).toEqual([])
  })

  it.each(['V1', 'V4'])(
    'is found so with signatures %s, at two addresses, for every page that is named',
    async (version) => {
      const oss = await startOss()
      const more = { SIGNATURE_VERSION: version, OSS_INTERNAL_ENDPOINT: oss.origin.replace('127.0.0.1', 'localhost') }
      const { written } = await run(
        ['doctor'],
        variablesOf(oss, { ...more, CORS_ORIGINS: `${page},https://b.example` }),
      )
      expect(written).toMatch(/^ok +bucket +photos answers at http:\/\/localhost:\d+\/photos$/m)
      expect(written).toMatch(/^ok +bucket +photos answers at http:\/\/127.0.0.1:\d+\/photos$/m)
      expect(written).toMatch(/^ok +form/m)
      expect(written).toMatch(
        /^wrong +cors +https:\/\/b.example may not send forms \(POST\): no CORS rule of the bucket/m,
      )
      expect(written).toMatch(/\n\nUploads will not work like this: \d+ ok, 1 warning, 1 wrong, 2 skipped\.\n$/)
    },
  )

  it('is one of the local OSS where no OSS_ variable is set', async () => {
    const rules = [{ ...goodRule, allowedOrigins: ['http://localhost:3999'] }]
    const oss = await startEmulator({ buckets: [{ name: 'uploads', cors: rules }] })
    onTestFinished(() => oss.close())
    const ports = { OSS_EMULATOR_PORT: new URL(oss.origin).port, PORT: '3999' }
    const { written } = await run(['doctor'], { ...ports, CALLBACK_URL: 'none' })
    expect(written).toMatch(/^ok +cors +http:\/\/localhost:3999 may send forms/m)
    expect(written).toMatch(/^skipped +rights +the key of the local OSS may do everything$/m)
  })
})

describe('what is wrong with the key, the address or the clock', () => {
  it.each([
    [
      'an unknown key',
      { OSS_ACCESS_KEY_ID: 'nobody' },
      /^wrong credentials: InvalidAccessKeyId.* The key is unknown or disabled: check OSS_ACCESS_KEY_ID\.$/,
    ],
    [
      'another secret',
      { OSS_ACCESS_KEY_SECRET: 'hunter2' },
      /^wrong credentials: SignatureDoesNotMatch.* OSS_ACCESS_KEY_SECRET is not the secret of OSS_ACCESS_KEY_ID\.$/,
    ],
    [
      'another region',
      { OSS_REGION: 'cn-beijing' },
      /^wrong settings: OSS_REGION is cn-beijing, and the bucket is in another region .* Set OSS_REGION/,
    ],
    ['no such bucket', { OSS_BUCKET: 'nowhere' }, /^wrong bucket: There is no bucket nowhere at .* Check OSS_BUCKET/],
    [
      'nobody at the endpoint',
      { OSS_ENDPOINT: 'http://127.0.0.1:1' },
      /^wrong bucket: HEAD at http:\/\/127.0.0.1:1\/photos got no answer: .* Check OSS_ENDPOINT or OSS_CNAME/,
    ],
  ])('%s', async (_what, mistake, sentence) => {
    const oss = await startOss()
    const { code, lines, unwell } = await examine(variablesOf(oss, mistake))
    expect(unwell.filter((line) => !line.includes(' cors: '))).toEqual([expect.stringMatching(sentence)])
    expect(lines).toContain('skipped form: the bucket has to be reached first')
    expect(code).toBe(1)
  })

  it('a region and an endpoint that do not belong together, before anybody is asked', async () => {
    const oss = await startOss()
    const endpoint = 'oss-cn-shanghai-internal.aliyuncs.com'
    const environment = variablesOf(oss, { OSS_INTERNAL_ENDPOINT: endpoint })
    const { unwell } = await examine(environment)
    expect(unwell[0]).toContain(
      `wrong settings: OSS_REGION is cn-hangzhou, and ${endpoint} is of the region cn-shanghai`,
    )
  })

  it('a bucket of another region than the endpoint, which OSS names', async () => {
    // What OSS answers at the endpoint of another region, which a local OSS does not have.
    const text =
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.'
    const xml = `<Error><Code>AccessDenied</Code><Message>${text}</Message><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint></Error>`
    const callbackUrl = await startApplication((_request, response) => {
      response.writeHead(403, { 'x-oss-err': Buffer.from(xml).toString('base64') }).end()
    })
    const oss = await startOss()
    const { lines } = await examine(variablesOf(oss, { OSS_ENDPOINT: new URL(callbackUrl).origin }))
    expect(lines[0]).toMatch(
      /^wrong settings: .* the bucket is in another region .* endpoint is oss-cn-beijing\.aliyuncs\.com\.$/,
    )
    expect(lines).toContain('skipped form: the bucket has to be reached first')
  })

  it('an internal endpoint that is reached from elsewhere only: all the rest is looked at by the public one', async () => {
    const oss = await startOss()
    const { lines, unwell } = await examine(variablesOf(oss, { OSS_INTERNAL_ENDPOINT: 'http://127.0.0.1:1' }))
    expect(unwell).toEqual([
      expect.stringMatching(/^wrong bucket: .* Check OSS_INTERNAL_ENDPOINT; an internal endpoint/),
    ])
    expect(lines).toContainEqual(expect.stringMatching(/^ok form/))
  })

  it.each([
    [-2, /^warning clock: The clock of this machine is 2 min ahead of OSS's\. Set it by NTP\.$/, 0],
    [20, /^wrong clock: The clock of this machine is 20 min behind OSS's; from 15 minutes OSS refuses .* by NTP\.$/, 1],
    [-300, /^wrong clock: The clock of this machine is 5 h ahead of OSS's/, 1],
  ])('a clock that is %d minutes off, by which nothing else fails', async (minutes, sentence, expected) => {
    const oss = await startOss()
    oss.faults.set({ name: 'clock', offsetMs: minutes * 60_000 })
    const { code, lines, unwell } = await examine(variablesOf(oss))
    expect(unwell).toEqual([expect.stringMatching(sentence)])
    expect(lines).toContainEqual(expect.stringMatching(/^ok form/))
    expect(code).toBe(expected)
  })
})

describe('what is wrong with the CORS rule', () => {
  const corsOf = async (rule: object | undefined) => {
    const oss = await startOss({ buckets: [{ name: 'photos', ...(rule && { cors: [{ ...goodRule, ...rule }] }) }] })
    return (await examine(variablesOf(oss))).unwell
  }

  it('there is none', async () => {
    expect(await corsOf(undefined)).toEqual([
      expect.stringContaining(
        `wrong cors: ${page} may not send forms (POST): the bucket has no CORS rule. Set the rule`,
      ),
      expect.stringContaining(`warning cors: ${page} may not send files in parts (PUT): the bucket has no CORS rule.`),
    ])
  })

  it('it is for another page', async () => {
    const [forms] = await corsOf({ allowedOrigins: ['http://app.example.com'] })
    expect(forms).toMatch(
      /^wrong cors: .* may not send forms \(POST\): no CORS rule of the bucket allows it.*oss-direct setup/,
    )
  })

  it('it allows forms and no parts', async () => {
    const sentence = expect.stringMatching(
      /^warning cors: .* may not send files in parts \(PUT\).* Routes with the transport multipart need it/,
    )
    expect(await corsOf({ allowedMethods: ['POST'] })).toEqual([sentence])
  })

  it('it exposes no ETag', async () => {
    const sentence = expect.stringMatching(/^warning cors: .* but not read ETag: the vendor's SDK cannot send parts/)
    expect(await corsOf({ exposeHeaders: ['x-oss-request-id', 'retry-after'] })).toEqual([sentence, sentence])
  })
})

it('writes JSON', async () => {
  const oss = await startOss()
  const { code, written } = await run(['doctor', '--json'], variablesOf(oss, { OSS_BUCKET: 'nowhere' }))
  const { findings, ...counts } = JSON.parse(written)
  expect(findings).toContainEqual({
    check: 'bucket',
    level: 'wrong',
    why: `There is no bucket nowhere at ${oss.origin}/nowhere`,
    fix: 'Check OSS_BUCKET and OSS_REGION, or make the bucket.',
  })
  expect([code, counts]).toEqual([1, { ok: 2, warning: 1, wrong: 2, skipped: 6 }])
})

it('what was sent is removed though the callback broke the connection', async () => {
  const oss = await startOss()
  oss.faults.set({ name: 'lose-answer', operation: 'PostObject' })
  const { unwell } = await examine(variablesOf(oss))
  expect(unwell[0]).toMatch(/^wrong form: A form is not taken: POST at http.* got no answer/)
  expect(await keysLeft(oss)).toEqual([])
})

it('shows no secret, whatever fails', async () => {
  const oss = await startOss()
  const secrets = {
    OSS_ACCESS_KEY_SECRET: 'hunter2-secret',
    OSS_SESSION_TOKEN: 'hunter2-token',
    UPLOADS_SECRET: 'hunter2',
  }
  const callback = { CALLBACK_URL: 'https://user.example/uploads/callback?token=hunter2' }
  for (const environment of [secrets, callback, { ...callback, ...secrets }]) {
    for (const args of [['doctor'], ['doctor', '--json'], ['setup']]) {
      const { written, complaints } = await run(args, variablesOf(oss, environment))
      expect(written + complaints).not.toContain('hunter2')
    }
  }
})

describe('it cannot run: exit code 2', () => {
  it.each([
    [{ OSS_BUCKET: 'photos' }, [], /^Not set: OSS_REGION, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET\./],
    [{}, ['--env-file', '/nowhere/.env'], /^The file \/nowhere\/\.env cannot be read/],
    [{}, ['--origin', 'app.example.com'], /^app\.example\.com is no origin/],
    [{ CALLBACK_URL: 'app.example.com' }, [], /^CALLBACK_URL: The callback URL "app\.example\.com" is no absolute/],
    [{}, ['--deep'], /unknown option '--deep'/],
  ])('%j %j', async (environment, args, sentence) => {
    const { code, written, complaints } = await run(['doctor', ...args], environment)
    expect([code, written]).toEqual([2, ''])
    expect(complaints).toMatch(sentence)
  })

  it('no page is known', async () => {
    const oss = await startOss()
    const { code, complaints } = await run(['doctor'], variablesOf(oss, { CORS_ORIGINS: '' }))
    expect([code, complaints]).toEqual([2, expect.stringContaining('give --origin')])
  })
})

it('reads a file with the variables of a server; what is set besides comes first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const oss = await startOss()
  const file = join(folder, '.env')
  const variables = { ...variablesOf(oss), OSS_BUCKET: 'nowhere' }
  writeFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
  )
  expect((await examine({}, '--env-file', file)).unwell[0]).toContain('There is no bucket nowhere')
  expect((await examine({ OSS_BUCKET: 'photos' }, '--env-file', file)).unwell).toEqual([])
})
