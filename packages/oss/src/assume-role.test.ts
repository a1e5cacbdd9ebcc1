import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { assumeRole, type StsOptions, uploadPolicy } from './assume-role.ts'
import { staticCredentials } from './credentials.ts'
import { errorOf } from './refusal.fixture.ts'
import { roleCredentials } from './role-credentials.ts'
import { authenticateRpc } from './rpc-signature.ts'

// The local OSS is built on this package, so here a bare server stands in and says what STS would say.

const roleArn = 'acs:ram::1234567890123456:role/uploader'
const key = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('assumeRole', () => {
  it('is signed, names the role and the policy, and reads the credentials', async () => {
    const { sts, received } = await startSts()
    const policy = uploadPolicy({ bucket: 'photos', key: '春/a b+c&d=e~*'.replace('*', '') })
    const credentials = await assumeRole({ ...sts, sessionName: 'upload-1', durationSeconds: 900, policy })
    expect(credentials).toEqual({
      accessKeyId: 'STS.1',
      accessKeySecret: 'secret 1',
      securityToken: 'token 1',
      expiresAt: new Date('2026-03-01T08:15:00Z'),
    })
    const [parameters = {}] = received
    expect(parameters).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: roleArn,
      RoleSessionName: 'upload-1',
      DurationSeconds: '900',
      Policy: JSON.stringify(policy),
    })
    const rules = { now: new Date(), findCredentials: () => key }
    expect(authenticateRpc({ method: 'POST', parameters }, rules)).toBe(key)
  })

  it('brings the token of a caller whose key is temporary itself', async () => {
    const { sts, received } = await startSts()
    const credentials = staticCredentials({ ...key, securityToken: 'own token' })
    await assumeRole({ ...sts, credentials, sessionName: 'app' })
    expect(received[0]).toMatchObject({ SecurityToken: 'own token' })
    expect(received[0]).not.toHaveProperty('Policy')
  })

  it('throws what STS said, with its code and request id, and asks once', async () => {
    const { sts, received } = await startSts((_request, response) => {
      const answer = { RequestId: 'R1', HostId: 'sts', Code: 'NoPermission', Message: 'You are not authorized.' }
      response.writeHead(403).end(JSON.stringify(answer))
    })
    await expect(assumeRole({ ...sts, sessionName: 'app' })).rejects.toMatchObject({
      name: 'OssError',
      code: 'NoPermission',
      status: 403,
      message: 'You are not authorized.',
      requestId: 'R1',
      hint: expect.stringContaining('AliyunSTSAssumeRoleAccess'),
    })
    expect(received).toHaveLength(1)
  })

  it.each<[string, RequestListener, string]>([
    ['after a 5xx', (_request, response) => void response.writeHead(503).end('busy'), 'HttpStatus503'],
    [
      'when there are too many calls',
      (_request, response) => void response.writeHead(400).end('{"Code":"Throttling.User","Message":"m"}'),
      'Throttling.User',
    ],
    ['after a broken connection', (request) => void request.socket.destroy(), 'NetworkError'],
  ])('asks once more %s, with a nonce of its own, and no third time', async (_when, listener, code) => {
    const { sts, received } = await startSts(listener)
    await expect(assumeRole({ ...sts, sessionName: 'app' })).rejects.toMatchObject({ code })
    const nonces = received.map(({ SignatureNonce }) => SignatureNonce)
    expect([nonces.length, new Set(nonces).size]).toEqual([2, 2])
  })

  it.each(['<html>login</html>', '{}', '{"Credentials":{"AccessKeyId":"a"}}', 'null'])(
    'takes %s for no answer of STS',
    async (body) => {
      const { sts } = await startSts((_request, response) => void response.end(body))
      await expect(assumeRole({ ...sts, sessionName: 'app' })).rejects.toMatchObject({ code: 'AnswerUnreadable' })
    },
  )

  it('follows no redirect', async () => {
    const { sts, received } = await startSts((_request, response) => {
      response.writeHead(307, { Location: '/elsewhere' }).end()
    })
    await expect(assumeRole({ ...sts, sessionName: 'app' })).rejects.toMatchObject({ code: 'NetworkError' })
    expect(received).toHaveLength(2)
  })
})

describe('uploadPolicy', () => {
  it('allows one object and what uploading it takes', () => {
    expect(uploadPolicy({ bucket: 'photos', key: 'u/1.jpg' })).toEqual({
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload'],
          Resource: ['acs:oss:*:*:photos/u/1.jpg'],
        },
      ],
    })
  })

  it.each(['u/*', '?', 'u/${x}', ''])('is not to be had for the key %j', (key) => {
    expect(errorOf(() => uploadPolicy({ bucket: 'photos', key }))).toMatchObject({ code: 'KeyIsPattern' })
  })
})

describe('roleCredentials', () => {
  const minutes = (count: number) => new Date(Date.UTC(2026, 2, 1, 8, count))

  it('are asked for once by however many, and kept', async () => {
    const { sts, received } = await startSts()
    const credentials = roleCredentials(sts)
    const all = await Promise.all(Array.from({ length: 50 }, credentials))
    expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['STS.1']))
    await credentials()
    expect(received).toHaveLength(1)
    expect(received[0]).toMatchObject({ RoleSessionName: 'oss-direct', DurationSeconds: '3600' })
  })

  it('are renewed before they end, and nobody waits for it', async () => {
    const { sts, received, arrived } = await startSts()
    let now = minutes(0)
    const credentials = roleCredentials({ ...sts, now: () => now })
    const ids = async () => (await credentials()).accessKeyId
    expect(await ids()).toBe('STS.1')
    now = minutes(39)
    expect(await ids()).toBe('STS.1')
    expect(received).toHaveLength(1)
    now = minutes(40)
    expect(await Promise.all(Array.from({ length: 20 }, ids))).toEqual(Array(20).fill('STS.1'))
    await arrived(2)
    await expect.poll(ids).toBe('STS.2')
    expect(received).toHaveLength(2)
  })

  it('are given out until their end while STS fails, which is then not asked by everybody, and fail after it', async () => {
    let fails = false
    const { sts, received, arrived } = await startSts((_request, response, answer) => {
      if (fails) response.writeHead(403).end('{"Code":"NoPermission","Message":"m","RequestId":"R"}')
      else answer()
    })
    let now = minutes(0)
    const credentials = roleCredentials({ ...sts, now: () => now })
    await credentials()
    fails = true
    now = minutes(45)
    expect(await credentials()).toMatchObject({ accessKeyId: 'STS.1' })
    await arrived(2)
    // By the time that others have been answered several times the failure is known, and still nobody asks again.
    for (let turn = 0; turn < 5; turn += 1) {
      await fetch(sts.endpoint ?? '')
      await credentials()
    }
    expect(received.filter(({ Action }) => Action)).toHaveLength(2)
    now = new Date(minutes(45).getTime() + 10_000)
    await credentials()
    await expect.poll(() => received.filter(({ Action }) => Action).length).toBe(3)
    now = minutes(60)
    await expect(credentials()).rejects.toMatchObject({ code: 'NoPermission', requestId: 'R' })
    fails = false
    expect((await credentials()).accessKeyId).toMatch(/^STS\.\d$/)
  })

  it('are kept by the own clock, however far it is from that of STS', async () => {
    const { sts, received } = await startSts()
    const credentials = roleCredentials({ ...sts, now: () => new Date('2031-01-01') })
    await credentials()
    await credentials()
    expect(received).toHaveLength(1)
  })
})

type Answerer = (...args: [...Parameters<RequestListener>, answer: () => void]) => void

/** Gives out STS.1, STS.2 … unless it is told otherwise; keeps what it was asked. */
async function startSts(listener: Answerer = (_request, _response, answer) => answer()) {
  const received: Record<string, string>[] = []
  let given = 0
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    received.push(Object.fromEntries(new URLSearchParams(body)))
    listener(request, response, () => {
      given += 1
      const Credentials = {
        AccessKeyId: `STS.${given}`,
        AccessKeySecret: `secret ${given}`,
        SecurityToken: `token ${given}`,
        Expiration: '2026-03-01T08:15:00Z',
      }
      response.end(JSON.stringify({ RequestId: 'R', Credentials }))
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const sts: StsOptions = { roleArn, credentials: staticCredentials(key), endpoint: `http://127.0.0.1:${port}` }
  return { sts, received, arrived: (count: number) => expect.poll(() => received.length).toBe(count) }
}
