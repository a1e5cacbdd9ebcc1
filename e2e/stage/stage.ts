import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import OSS from 'ali-oss'
import { freePort } from '../../scripts/free-port.ts'
import type { AnswerBehaviour, Call, HookBehaviour, ServerReport, Signal } from './app.ts'
import { type Program, startProgram } from './program.ts'
import { createSignals } from './signals.ts'

export { expect }

const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }

/** A local OSS and a server of a story's own, both real processes, and what a story does to them. */
export interface Stage {
  /** Where the page is. */
  origin: string
  ossOrigin: string
  /** What `onUploaded` of the route `demo` does from now on. */
  setHook(behaviour: HookBehaviour): Promise<void>
  /** What becomes of its answers to a call, from now on. */
  setAnswer(call: Call, behaviour: AnswerBehaviour): Promise<void>
  /** What reached the server: bytes on its sockets, runs of the hook. */
  report(): Promise<ServerReport>
  /** Waits until the servers of this story, dead ones included, have reported it so often. */
  untilSignal(signal: Signal, times?: number): Promise<void>
  /** Details of what they have reported so far, oldest first: of a hook its upload and its run, of an answer the path. */
  signals(signal: Signal): readonly string[]
  /** Gives its id. */
  setFault(fault: Record<string, unknown>): Promise<string>
  /** Waits until a fault with a count has struck as often as it counts. */
  untilStruck(faultId: string): Promise<void>
  clearFault(faultId: string): Promise<void>
  clearFaults(): Promise<void>
  /** What the local OSS was asked for, oldest first. */
  ossRequests(operation: string): Promise<OssRequest[]>
  /** The object's bytes, read by the vendor's own SDK. */
  readObject(key: string, bucket?: string): Promise<Buffer>
  listKeys(): Promise<string[]>
  /** Keys of all objects in the bucket, by the vendor's own SDK. */
  objectKeys(): Promise<string[]>
  /** Keys of multipart uploads that are neither complete nor aborted. */
  openUploads(): Promise<string[]>
  killServer(): Promise<void>
  startServer(): Promise<void>
}

export interface OssRequest {
  operation: string
  /** 0 while it runs, and where its connection ended without an answer. */
  status: number
  /** OSS's error code, also of a refusal that got lost. */
  code?: string
  bucket?: string
  key?: string
  /** Names and harmless values. */
  query: string
  /** ISO 8601. */
  startedAt: string
  durationMs: number
  /** Bytes of its body. */
  bytesReceived: number
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
    const signals = createSignals<Signal>()
    const startServer = async () => {
      const started = await startProgram('e2e/stage/app.ts', [], {
        PORT: String(port),
        OSS_EMULATOR_PORT: new URL(oss.address).port,
        DATA_DIR: join(folder, 'server'),
        ...extraServerEnv,
      })
      started.onSignal((signal, detail) => signals.note(signal as Signal, detail))
      return started
    }
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
      setAnswer: async (call, behaviour) => void (await server.ask({ ask: 'setAnswer', call, behaviour })),
      report: () => server.ask<ServerReport>({ ask: 'report' }),
      untilSignal: (signal, times = 1) => signals.until(signal, times),
      signals: signals.list,
      setFault: async (fault) => {
        const { id } = (await (await console('POST', 'faults', fault)).json()) as { id: string }
        return id
      },
      untilStruck: (faultId) =>
        expect
          .poll(
            async () => {
              const { faults } = (await (await console('GET', 'faults')).json()) as {
                faults: { id: string; count: number }[]
              }
              return faults.find(({ id }) => id === faultId)?.count ?? 0
            },
            { message: 'the fault has struck', timeout: 60_000, intervals: [50] },
          )
          .toBe(0),
      clearFault: async (faultId) => void (await console('DELETE', `faults/${faultId}`)),
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
      objectKeys: async () => {
        const listed = await sdk('uploads').listV2({ 'max-keys': '1000' }, {})
        return (listed.objects ?? []).map(({ name }) => name)
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
