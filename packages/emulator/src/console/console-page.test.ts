import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { send, startOss } from '../stage/stage.fixture.ts'

const folder = new URL('./page/', import.meta.url)
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.pathname.length).replace(/^\//, ''))

it('serves all of its files, and says what they may do', async () => {
  const oss = await startOss()
  const types: Record<string, string> = {
    html: 'text/html',
    js: 'text/javascript',
    css: 'text/css',
    svg: 'image/svg+xml',
  }
  expect(files.length).toBeGreaterThan(10)
  for (const file of ['', ...files]) {
    const { status, headers } = await send(`${oss.origin}/_console/${file}`)
    expect(status, file).toBe(200)
    expect(headers.get('content-type'), file).toContain(types[file.split('.')[1] ?? 'html'])
    expect(headers.get('x-content-type-options'), file).toBe('nosniff')
    const policy = headers.get('content-security-policy') ?? ''
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy, file).toContain(rule)
    }
    expect(policy).not.toContain('unsafe')
  }
})

it('is found without its final slash', async () => {
  const oss = await startOss()
  const { status, headers } = await send(`${oss.origin}/_console`)
  expect([status, headers.get('location')]).toEqual([301, '/_console/'])
})

it('serves nothing beside them', async () => {
  const oss = await startOss()
  for (const path of ['console.ts', '..%2fconsole.ts', '%2e%2e/console.ts', '..%5cconsole.ts', 'page/', '%00']) {
    expect((await send(`${oss.origin}/_console/${path}`)).status, path).not.toBe(200)
  }
})

it('takes nothing from elsewhere, and writes no HTML', () => {
  for (const file of files.filter((name) => name !== 'icon.svg')) {
    const text = readFileSync(new URL(file, folder), 'utf8')
    expect(text.match(/https?:\/\/(?!127\.0\.0\.1:3000\/)\S+/g), file).toBeNull()
    expect(
      text.match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|<script>|\son\w+="/g),
      file,
    ).toBeNull()
  }
})
