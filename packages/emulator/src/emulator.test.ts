import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startEmulator } from './emulator.ts'
import { FORM_TYPE, formBody, MiB, post, signedFields, startOss } from './stage/stage.fixture.ts'

describe('an emulator killed in the middle of an upload', () => {
  it('shows the object that was there before, whole, and nothing of the new one', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oss-killed-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const first = await startProcess(folder)
    const form = { content: Buffer.alloc(8 * MiB, 'new') }
    expect((await post(first, [...signedFields(first), { content: 'before' }])).status).toBe(204)

    const body = formBody([...signedFields(first), form])
    const upload = requestHttp(`${first.origin}/photos`, {
      method: 'POST',
      headers: { 'content-type': FORM_TYPE, 'content-length': body.length },
    })
    upload.on('error', () => undefined)
    upload.write(body.subarray(0, 6 * MiB))
    await expect
      .poll(async () => (await readdir(join(folder, 'incoming')).catch(() => [])).length, { timeout: 5000 })
      .toBe(1)
    await sleep(100)
    await kill(first.child)

    const readable = await startOss({ dataDir: folder, buckets: [{ name: 'photos', acl: 'public-read' }] })
    expect(await (await fetch(`${readable.origin}/photos/a.txt`)).text()).toBe('before')
    expect(await readdir(join(folder, 'incoming')).catch(() => [])).toEqual([])
  })
})

describe('startEmulator', () => {
  it.each([
    [{ buckets: [{ name: 'Not_A_Bucket' }] }, 'The specified bucket is not valid.'],
    [{ buckets: [{ name: 'photos', cors: [{ allowedOrigins: [], allowedMethods: ['GET'] }] }] }, 'AllowedOrigin'],
    [{ callbackTimeoutMs: 0 }, 'callbackTimeoutMs is 0: it must be positive'],
  ])('refuses %j', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(message)
  })

  it('leaves nothing on the disk without a folder, and keeps one that it was given', async () => {
    const own = await mkdtemp(join(tmpdir(), 'oss-tmp-'))
    onTestFinished(() => rm(own, { recursive: true, force: true }))
    for (const name of ['TMPDIR', 'TEMP']) vi.stubEnv(name, own)
    onTestFinished(() => void vi.unstubAllEnvs())

    const oss = await startEmulator({ buckets: [{ name: 'photos' }] })
    await post(oss, [...signedFields(oss), { content: 'x' }])
    await oss.close()
    expect(await readdir(own)).toEqual([])
    await expect(fetch(oss.origin)).rejects.toThrow()

    const kept = await startEmulator({ dataDir: join(own, 'kept') })
    await kept.close()
    expect(await readdir(own)).toEqual(['kept'])
  })

  it('leaves CORS rules alone that were set meanwhile, unless it is given others', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'oss-kept-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const preflight = async (cors?: { allowedOrigins: string[]; allowedMethods: string[] }[]) => {
      const oss = await startEmulator({ dataDir, buckets: [{ name: 'photos', ...(cors && { cors }) }] })
      const headers = { origin: 'http://a.example', 'access-control-request-method': 'POST' }
      const { status } = await fetch(`${oss.origin}/photos`, { method: 'OPTIONS', headers })
      await oss.close()
      return status
    }
    expect(await preflight()).toBe(403)
    expect(await preflight([{ allowedOrigins: ['http://a.example'], allowedMethods: ['POST'] }])).toBe(200)
    expect(await preflight()).toBe(200)
    expect(await preflight([{ allowedOrigins: ['http://b.example'], allowedMethods: ['POST'] }])).toBe(403)
  })
})

function startProcess(folder: string): Promise<{ child: ChildProcess; origin: string }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const args = ['--import', 'tsx', main, '--port', '0', '--data', folder, '--bucket', 'photos']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  onTestFinished(() => kill(child))
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The emulator ended with ${code}`)))
    child.once('message', (message: { ready: string }) => resolve({ child, origin: message.ready }))
  })
}

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
