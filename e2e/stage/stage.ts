import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import OSS from 'ali-oss'
import type { HookBehaviour, ServerReport } from './app.ts'
import { freePort, type Program, startProgram } from './program.ts'

export { expect }

const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }

/** A local OSS and a server of a story's own, both real processes, and what a story does to them. */
export interface Stage {
  /** Where the page is. */
  origin: string
  ossOrigin: string
  /** What `onUploaded` of the route `demo` does from now on. */
  setHook(behaviour: HookBehaviour): Promise<void>
  /** What reached the server: bytes on its sockets, runs of the hook. */
  report(): Promise<ServerReport>
  setFault(fault: Record<string, unknown>): Promise<void>
  clearFaults(): Promise<void>
  /** What the local OSS was asked for, oldest first. */
  ossRequests(operation: string): Promise<OssRequest[]>
  /** The object's bytes, read by the vendor's own SDK. */
  readObject(key: string, bucket?: string): Promise<Buffer>
  listKeys(): Promise<string[]>
  /** Keys of multipart uploads that are neither complete nor aborted. */
  openUploads(): Promise<string[]>
  killServer(): Promise<void>
  startServer(): Promise<void>
}

export interface OssRequest {
  operation: string
  status: number
  bucket?: string
  key?: string
}

export const test = base.extend<{ stage: Stage; extraServerEnv: Record<string, string> }>({
  extraServerEnv: [{}, { option: true }],

  stage: async ({ extraServerEnv }, use, testInfo) => {
    const folder = await mkdtemp(join(tmpdir(), 'oss-direct-story-'))
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const oss = await startProgram(
      'packages/emulator/src/main.ts',
      [
        '--port',
        '0',
        '--data',
        join(folder, 'oss'),
        '--bucket',
        'uploads',
        '--bucket',
        'other',
        '--cors-origin',
        origin,
      ],
      {},
    )
    const startServer = () =>
      startProgram('e2e/stage/app.ts', [], {
        PORT: String(port),
        OSS_EMULATOR_PORT: new URL(oss.address).port,
        DATA_DIR: join(folder, 'server'),
        ...extraServerEnv,
      })
    let server: Program = await startServer()
    const console = async (method: string, path: string, body?: unknown) => {
      const init = {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }
      const answer = await fetch(`${oss.address}/_console/api/${path}`, init)
      expect(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`).toBe(true)
      return answer
    }
    const sdk = (bucket: string) =>
      new OSS({
        ...accessKey,
        bucket,
        region: 'oss-cn-hangzhou',
        endpoint: `http://localhost:${new URL(oss.address).port}`,
        sldEnable: true,
      } as OSS.Options)

    await use({
      origin,
      ossOrigin: oss.address,
      setHook: async (behaviour) => void (await server.ask({ ask: 'setHook', behaviour })),
      report: () => server.ask<ServerReport>({ ask: 'report' }),
      setFault: async (fault) => void (await console('POST', 'faults', fault)),
      clearFaults: async () => void (await console('DELETE', 'faults')),
      ossRequests: async (operation) => {
        const { requests } = (await (await console('GET', 'requests')).json()) as { requests: OssRequest[] }
        return requests.reverse().filter((request) => request.operation === operation)
      },
      readObject: async (key, bucket = 'uploads') => Buffer.from((await sdk(bucket).get(key)).content),
      listKeys: async () => {
        const { requests } = (await (await console('GET', 'requests')).json()) as { requests: OssRequest[] }
        return requests
          .reverse()
          .flatMap(({ operation, status, key }) => (operation === 'PostObject' && status === 200 && key ? [key] : []))
      },
      openUploads: async () => {
        const { uploads } = await sdk('uploads').listUploads({ 'max-uploads': 1000 }, {})
        return uploads.map(({ name }: { name: string }) => name)
      },
      killServer: () => server.kill(),
      startServer: async () => {
        server = await startServer()
      },
    })

    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server output', { body: server.output() })
      await testInfo.attach('local OSS output', { body: oss.output() })
    }
    await server.stop()
    await oss.stop()
    await rm(folder, { recursive: true, force: true })
  },
})
