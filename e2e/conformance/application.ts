import { createVerify, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { type Delivery, isObject } from './verdict.ts'

/** A small application that OSS calls back, as somebody who knows only OSS's documentation would write it. */
export interface Application {
  /** Answers 200 with an id of its own below it, 500 below `/broken`. */
  origin: string
  deliveries: readonly Delivery[]
  close(): void
}

/**
 * The signature is verified with nothing of this project.
 * Source: OSS Developer Reference, Callback, section on signatures.
 */
export async function startApplication(keyUrl: string): Promise<Application> {
  const publicKey = await (await fetch(keyUrl)).text()
  const deliveries: Delivery[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const delivery: Delivery = {
      id: randomUUID(),
      run: searchParams.get('run') ?? '',
      isSignatureRight: isSignedBy(publicKey, keyUrl, request, body),
      fields: readFields(request.headers['content-type'], body.toString()),
    }
    deliveries.push(delivery)
    const answer = JSON.stringify({ Status: 'OK', id: delivery.id })
    response.writeHead(pathname.startsWith('/broken') ? 500 : 200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(answer),
    })
    response.end(answer)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (!isObject(address)) throw new Error('The application has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    deliveries,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function isSignedBy(publicKey: string, keyUrl: string, { headers, url = '' }: IncomingMessage, body: Buffer): boolean {
  const namedKeyUrl = Buffer.from(String(headers['x-oss-pub-key-url']), 'base64').toString()
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(url) ?? []
  const verifier = createVerify('RSA-MD5')
    .update(`${decodeURIComponent(path)}${query}\n`)
    .update(body)
  return namedKeyUrl === keyUrl && verifier.verify(publicKey, headers.authorization ?? '', 'base64')
}

function readFields(contentType: string | undefined, body: string): Record<string, unknown> {
  if (contentType !== 'application/json') return Object.fromEntries(new URLSearchParams(body))
  const value: unknown = JSON.parse(body)
  return isObject(value) ? value : {}
}
