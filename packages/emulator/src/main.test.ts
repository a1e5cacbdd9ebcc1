import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OSS from 'ali-oss'
import { expect, it, onTestFinished } from 'vitest'
import { startOss } from './stage.fixture.ts'

const timeout = 60_000

it('says over IPC and on standard output where it is, and has what it was told to have', { timeout }, async () => {
  const data = await temporaryFolder()
  const flags = ['--port', '0', '--data', data, '--bucket', 'one', '--bucket', 'two', '--region', 'cn-beijing']
  const keys = ['--access-key-id', 'my-id', '--access-key-secret', 'my-secret', '--cors-origin', 'http://a.example']
  const program = start([...flags, ...keys])
  const [{ ready }] = (await once(program.child, 'message')) as [{ ready: string }]
  expect(program.output()).toBe(`The local OSS is ready at ${ready}\n`)
  for (const bucket of ['one', 'two']) {
    const preflight = await fetch(`${ready}/${bucket}`, {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://a.example')
  }
  await sdk(ready).put('a', Buffer.from('kept'))

  program.child.disconnect()
  expect(await program.ended).toBe(0)
  const again = start([...flags, ...keys])
  const [{ ready: address }] = (await once(again.child, 'message')) as [{ ready: string }]
  expect((await sdk(address).get('a')).content.toString()).toBe('kept')
  again.child.kill('SIGTERM')
  expect(await again.ended).toBe(process.platform === 'win32' ? null : 0)
})

it('tells in one sentence that the port is taken', { timeout }, async () => {
  const port = new URL((await startOss()).origin).port
  const program = start(['--port', port, '--data', join(await temporaryFolder(), 'untouched')])
  expect(await program.ended).toBe(1)
  expect(program.output()).toBe(
    `Port ${port} of 127.0.0.1 is taken: stop what runs there, or choose another with --port.\n`,
  )
})

it.each([
  [['--port', '99999'], /must be 0 to 65535/],
  [['--bucket', 'Not_A_Bucket'], /could not start: The specified bucket is not valid\./],
  [['--cors-origin', '*.*', '--bucket', 'one'], /more than one \*/],
])('refuses %j with a sentence', { timeout }, async (flags, sentence) => {
  const program = start(['--data', await temporaryFolder(), ...flags])
  expect(await program.ended).toBe(1)
  expect(program.output()).toMatch(sentence)
})

function sdk(origin: string): OSS {
  const endpoint = { endpoint: origin.replace('127.0.0.1', 'localhost'), sldEnable: true, authorizationV4: true }
  const credentials = { accessKeyId: 'my-id', accessKeySecret: 'my-secret', region: 'oss-cn-beijing', bucket: 'one' }
  return new OSS({ ...endpoint, ...credentials } as OSS.Options)
}

interface Program {
  child: ChildProcess
  output(): string
  ended: Promise<number | null>
}

function start(flags: string[]): Program {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  const collect = async (stream: AsyncIterable<Buffer> | null) => {
    for await (const chunk of stream ?? []) output += chunk
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  // Not its event `close`, which does not come once the parent has disconnected.
  const ended = Promise.all([once(child, 'exit'), collect(child.stdout), collect(child.stderr)])
  return { child, output: () => output, ended: ended.then(([[code]]) => code as number | null) }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-main-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
