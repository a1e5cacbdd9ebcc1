import { createServer, type ServerResponse } from 'node:http'
import { test as base, expect } from '@playwright/test'
import OSS from 'ali-oss'
import { startProgram } from './program.ts'

export { expect }

const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }

/** A local OSS alone, with its console, and an application that it calls. */
export interface ConsoleStage {
  origin: string
  /** The vendor's own SDK; its callbacks go to the application. */
  sdk: OSS
  callback(path?: string): OSS.ObjectCallback
  /** What the application answers from now on. */
  setAnswer(answer: (response: ServerResponse) => void): void
  /** Bodies of the callbacks that reached the application. */
  received: string[]
}

export const test = base.extend<{ stage: ConsoleStage; buckets: string[] }>({
  buckets: [['photos'], { option: true }],

  stage: async ({ buckets }, use, testInfo) => {
    const args = ['--port', '0', '--memory', ...buckets.flatMap((bucket) => ['--bucket', bucket])]
    const program = await startProgram('packages/emulator/src/main.ts', args, {})
    const received: string[] = []
    let answer: (response: ServerResponse) => void = answerJson({ id: 42 })
    const application = createServer(async (request, response) => {
      received.push(Buffer.concat(await request.toArray()).toString())
      answer(response)
    })
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
    const address = application.address()
    const port = typeof address === 'object' ? address?.port : undefined

    await use({
      origin: program.address,
      sdk: new OSS({
        ...accessKey,
        bucket: buckets[0],
        region: 'oss-cn-hangzhou',
        endpoint: `http://localhost:${new URL(program.address).port}`,
        sldEnable: true,
      } as OSS.Options),
      callback: (path = '/uploaded') => ({
        url: `http://127.0.0.1:${port}${path}`,
        body: 'key=${object}&size=${size}',
      }),
      setAnswer(next) {
        answer = next
      },
      received,
    })

    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('local OSS output', { body: program.output() })
    }
    application.closeAllConnections()
    application.close()
    await program.stop()
  },
})

export function answerJson(value: unknown) {
  const text = JSON.stringify(value)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return (response: ServerResponse) => void response.writeHead(200, headers).end(text)
}
