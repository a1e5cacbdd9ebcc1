import { createHash } from 'node:crypto'
import { signed } from '../bytes.ts'
import { type LocalOss, watchMemory } from '../local-oss.ts'
import { MiB, type Row } from '../row.ts'

const BODY = { 'content-type': 'multipart/form-data; boundary=b' }
const FILE = `${field('file', 'x')}--b--\r\n`

/** Bodies that are refused; the memory that they cost on the way is not the sender's to choose. */
export const row: Row = {
  name: 'hostile bodies of up to 200 MiB',
  run: (oss) =>
    watchMemory(oss, 250, async () => {
      for (const body of forms()) await expectRefusal(oss, '', { headers: BODY, body })
      for (const body of documents()) {
        const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
        await expectRefusal(oss, '?delete', { headers: signed('POST', '', { query: { delete: '' }, headers }), body })
      }
    }),
}

function* forms(): Iterable<string> {
  yield `${Array.from({ length: 300_000 }, (_, index) => field(String(index), '')).join('')}${FILE}`
  yield `--b\r\nA: ${'a'.repeat(200 * MiB)}\r\n\r\n${FILE}`
  yield Array.from({ length: 200 }, (_, index) => field(`a${index}`, 'v'.repeat(MiB))).join('')
  yield 'preamble'.repeat(25 * MiB)
}

function* documents(): Iterable<string> {
  yield `<Delete>${'<a/>'.repeat(500_000)}</Delete>`
  yield '<a>'.repeat(600_000)
}

function field(name: string, value: string): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
}

async function expectRefusal({ origin }: LocalOss, query: string, init: RequestInit): Promise<void> {
  const { status } = await fetch(`${origin}/photos/${query}`, { method: 'POST', ...init })
  if (status !== 400) throw new Error(`A hostile body was answered with ${status}`)
}
