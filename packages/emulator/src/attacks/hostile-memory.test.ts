import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { startProgram } from '../stage/process.fixture.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { MiB, post, signedFields } from '../stage/stage.fixture.ts'
import { field, FILE_AND_END as file, manyFields, talk } from './hostile.fixture.ts'

// `/proc` says how much memory a process had at most.
it.runIf(process.platform === 'linux')('memory stays bounded under what is large', { timeout: 60_000 }, async () => {
  const { child, origin } = await startProgram(['--memory', '--bucket', 'photos'])
  await post({ origin }, [...signedFields({ origin }), { content: Buffer.alloc(8 * MiB) }])
  const before = await peakMiB(child.pid)
  const form = { 'content-type': 'multipart/form-data; boundary=b' }
  const attacks = [
    manyFields(300_000),
    `--b\r\nA: ${'a'.repeat(50 * MiB)}\r\n\r\n${file}`,
    Array.from({ length: 100 }, (_, index) => field(`a${index}`, 'v'.repeat(MiB))).join(''),
    'preamble'.repeat(10 * MiB),
  ]
  for (const body of attacks) {
    const { status } = await fetch(`${origin}/photos`, { method: 'POST', headers: form, body })
    expect(status).toBe(400)
  }
  for (const body of [`<Delete>${'<a/>'.repeat(500_000)}</Delete>`, '<a>'.repeat(600_000)]) {
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
    expect((await sendSigned({ origin }, 'POST', { query: { delete: '' }, headers, body })).status).toBe(400)
  }
  const greedy = await Promise.all(
    Array.from({ length: 50 }, () => talk(origin, `GET / HTTP/1.1\r\nX: ${'x'.repeat(MiB)}`)),
  )
  expect(greedy.every((answer) => answer.startsWith('HTTP/1.1 431 '))).toBe(true)
  expect((await peakMiB(child.pid)) - before).toBeLessThan(100)
})

async function peakMiB(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}
