import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Emulator } from '../emulator.ts'

/** A request of an SDK, headers in the order and spelling in which it sent them. */
export interface Recorded {
  method: string
  url: string
  headers: [name: string, value: string][]
  bodyBase64: string
  bodyLength: number
  bodyMd5: string
}

interface Recording {
  accessKeyId: string
  accessKeySecret: string
  bucket: string
  region: string
  requests: Recorded[]
}

const folder = new URL('../../../oss/vectors/wire/', import.meta.url)

/** What the SDKs sent, by the name of the file. */
export function readRecordings(files: RegExp): (readonly [name: string, recording: Recording])[] {
  const names = readdirSync(folder).filter((name) => files.test(name))
  return names.map((name) => {
    const recording = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recording
    return [name.replace('.json', ''), recording] as const
  })
}

/** The whole body: what a recording cuts off repeats its beginning. */
export function contentOf({ bodyBase64, bodyLength, bodyMd5 }: Recorded): Buffer {
  const beginning = Buffer.from(bodyBase64, 'base64')
  const content = bodyLength === 0 ? beginning : Buffer.alloc(bodyLength, beginning)
  if (createHash('md5').update(content).digest('base64') !== bodyMd5) throw new Error('The body was another one')
  return content
}

/** Sends a request byte for byte, with the clock of the local OSS at the request's own time, or so much later. */
export function replay(oss: Emulator, request: Recorded, laterMs = 0): Promise<string> {
  for (const { id, name } of oss.faults.list()) if (name === 'clock') oss.faults.clear(id)
  oss.faults.set({ name: 'clock', offsetMs: readTime(request) + laterMs - Date.now() })
  const { method, url, headers } = request
  const content = contentOf(request)
  const isChunked = headers.some(([name, value]) => name.toLowerCase() === 'transfer-encoding' && value === 'chunked')
  const lines = [`${method} ${url} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', '']
  const chunk =
    content.length === 0 ? [] : [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')]
  const body = isChunked ? [...chunk, Buffer.from('0\r\n\r\n')] : [content]
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(oss.origin).port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer = (answer + text).replace('HTTP/1.1 100 Continue\r\n\r\n', '')
      const [head = '', rest = ''] = answer.split(/\r\n\r\n(.*)/s)
      if (rest.length === Number(/^content-length: (\d+)$/im.exec(head)?.[1])) socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), ...body]))
  })
}

/** The time that the request itself claims; a form claims it in its policy, whose end is an hour later. */
function readTime({ headers, bodyBase64, method, url }: Recorded): number {
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  if (method === 'POST' && !url.includes('?')) {
    const policy = /name="policy"\r\n\r\n([^\r]+)/.exec(Buffer.from(bodyBase64, 'base64').toString('latin1'))?.[1] ?? ''
    return Date.parse(JSON.parse(Buffer.from(policy, 'base64').toString()).expiration) - 60_000
  }
  const date = header('x-oss-date') ?? header('date') ?? ''
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}
