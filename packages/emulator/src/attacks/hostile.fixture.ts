import { readdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { type Emulator, startEmulator } from '../emulator.ts'
import { temporaryFolder } from '../stage/process.fixture.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { post } from '../stage/stage.fixture.ts'

interface Target {
  /** With the bucket `public`, which anybody may write to, and the bucket `photos`, which nobody may without a key. */
  oss: Emulator
  dataDir: string
}

/**
 * What the attacks of a file meet, each a fresh one. After each it must still work, the private bucket must be empty and
 * nothing may stand beside its folder.
 */
export function startTarget(): Target {
  const target = {} as Target
  beforeEach(async () => {
    target.dataDir = join(await temporaryFolder(), 'data')
    target.oss = await startEmulator({
      dataDir: target.dataDir,
      buckets: [{ name: 'public', acl: 'public-read-write' }, { name: 'photos' }],
      idleTimeoutMs: 400,
    })
  })
  afterEach(async () => {
    const { oss, dataDir } = target
    expect((await post(oss, [['key', 'honest'], { content: 'x' }], { bucket: 'public' })).status).toBe(204)
    expect((await sendSigned(oss, 'DELETE')).status).toBe(204)
    await oss.close()
    expect(await readdir(join(dataDir, '..'))).toEqual(['data'])
  })
  return target
}

/** The files of uploads that belong to no object. */
export function leftOver({ dataDir }: Target): Promise<string[]> {
  return readdir(join(dataDir, 'drafts'))
}

/** The beginning of a request that ends its connection, whatever is in it. */
export function requestHead(method: string, path: string, headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${lines.join('')}\r\n`
}

/** Sends bytes as they are, and gives everything that comes back until the connection ends. */
export async function talk(origin: string, head: string, body: string | Buffer = ''): Promise<string> {
  const socket = await openSocket(origin)
  socket.write(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]))
  return untilClosed(socket)
}

export function openSocket(origin: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
  })
}

export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    // A connection that is cut while we are still sending.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
}

/** One field of a form with the boundary `b`. */
export function field(name: string, value = ''): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
}

/** The rest of such a form: the file, and the end. */
export const FILE_AND_END = `${field('file', 'x')}--b--\r\n`

export function manyFields(count: number): string {
  return `${Array.from({ length: count }, (_, index) => `--b\r\nContent-Disposition:form-data;name=${index}\r\n\r\n\r\n`).join('')}${FILE_AND_END}`
}
