import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@oss-direct/emulator'
import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import { createUploads, openSqliteStore, type UploadedEvent, uploadRoute, uploadRouter } from '@oss-direct/server'
import express from 'express'
import type { TestProject } from 'vitest/node'

/** What a browser test may ask of the stage: `POST {control}/{verb}` with JSON. */
export interface StageAddresses {
  /** Where the uploads API is. */
  endpoint: string
  control: string
  ossOrigin: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    stage: StageAddresses
  }
}

/** A local OSS and a server, both real, for all browser tests of a run. */
export default async function startStage(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'uploader-test-'))
  // Tests run in frames of Vitest's own page, at a port that is not known yet; no secret is behind this bucket.
  const cors = [{ allowedOrigins: ['*'], allowedMethods: ['POST', 'PUT'], allowedHeaders: ['*'], maxAgeSeconds: 600 }]
  const emulator = await startEmulator({ buckets: [{ name: 'uploads', cors }, { name: 'closed' }] })
  const address = bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: emulator.origin })

  const broken = new Set<string>()
  const runs = new Map<string, number>()
  const calls: string[] = []
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const hook = async ({ key, size, file, evidence }: UploadedEvent) => {
    runs.set(file.name, (runs.get(file.name) ?? 0) + 1)
    if (broken.has(file.name)) throw new Error('the application is broken')
    if (file.name.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 6000))
    return { key, size, name: file.name, evidence }
  }
  const uploads = createUploads({
    identify: () => ({ id: 'everybody' }),
    routes: {
      demo: uploadRoute({ onUploaded: hook }),
      // The local OSS takes parts of 100 KiB and up, as OSS does.
      large: uploadRoute({ transports: ['post', 'multipart'], partBytes: 256 * 1024, onUploaded: hook }),
      huge: uploadRoute({ transports: ['post', 'multipart'], partBytes: 16 * 1024 ** 2, onUploaded: hook }),
      pictures: uploadRoute({ accept: ['image/*'], maxBytes: 1000, maxFiles: 2, onUploaded: hook }),
    },
    oss: {
      publicAddress: address,
      credentials: staticCredentials({
        accessKeyId: 'local-access-key-id',
        accessKeySecret: 'local-access-key-secret',
      }),
      callbackKeyUrls: [emulator.callbackKeyUrl],
    },
    callbackUrl: `${origin}/uploads/callback`,
    secret: 'a secret of the tests, long enough',
    store: await openSqliteStore({ file: join(folder, 'uploads.db') }),
  })

  app.use((request, response, next) => {
    response.set({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'access-control-allow-methods': '*',
    })
    if (request.method === 'OPTIONS') return void response.sendStatus(204)
    if (request.path.startsWith('/uploads'))
      calls.push(`${request.method} ${request.path.replace(/\/[0-9A-Za-z_-]{16,}/, '/:id')}`)
    next()
  })
  app.use('/uploads', uploadRouter(uploads))
  app.use(express.json())
  app.post('/control/fault', (request, response) => {
    response.json({ id: emulator.faults.set(request.body) })
  })
  app.post('/control/clear', (_request, response) => {
    emulator.faults.clear()
    broken.clear()
    calls.length = 0
    response.json({})
  })
  app.post('/control/break', (request, response) => {
    broken.add(request.body.name)
    response.json({})
  })
  app.post('/control/mend', (request, response) => {
    broken.delete(request.body.name)
    response.json({})
  })
  app.post('/control/report', (request, response) => {
    const { key } = request.body
    const requests = emulator.requests.list().filter((sent) => key === undefined || sent.key === key)
    const forms = requests.filter(({ operation }) => operation === 'PostObject')
    response.json({ calls, hookRuns: Object.fromEntries(runs), requests, forms })
  })
  app.post('/control/sha256', async (request, response) => {
    const content = await fetch(`${origin}/uploads/${request.body.recordId}/content`)
    response.json({
      sha256: createHash('sha256')
        .update(Buffer.from(await content.arrayBuffer()))
        .digest('hex'),
    })
  })

  project.provide('stage', { endpoint: `${origin}/uploads`, control: `${origin}/control`, ossOrigin: emulator.origin })
  return async () => {
    server.closeAllConnections()
    server.close()
    await uploads.close()
    await emulator.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
