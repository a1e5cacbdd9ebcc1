import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { join } from 'node:path'
import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import { type Program, runProgram, startProgram, temporaryFolder } from './stage/process.fixture.ts'
import { FORM_TYPE, formBody, MiB, signedFields, startOss } from './stage/stage.fixture.ts'

const isWindows = process.platform === 'win32'

describe('oss-emulator', { timeout: 60_000 }, () => {
  it('says over IPC and on standard output where it is, and has what it was told to have', async () => {
    const data = await temporaryFolder()
    const flags = ['--data', data, '--bucket', 'one', '--bucket', 'two', '--region', 'cn-beijing']
    const keys = ['--access-key-id', 'my-id', '--access-key-secret', 'my-secret', '--cors-origin', 'http://a.example']
    const program = await startProgram([...flags, ...keys, '--domain', 'CDN.example.com=two'])
    expect(program.output()).toBe(`The local OSS is ready at ${program.origin}\n`)
    expect(program.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    for (const [host, path] of [
      ['127.0.0.1', '/one'],
      ['127.0.0.1', '/two'],
      ['cdn.example.com', '/'],
    ] as const) {
      expect(await preflight(program, host, path)).toBe('http://a.example')
    }
    await sdk(program.origin).put('a', Buffer.from('kept'))

    program.child.disconnect()
    expect(await program.ended).toBe(0)
    const again = await startProgram([...flags, ...keys])
    expect((await sdk(again.origin).get('a')).content.toString()).toBe('kept')
  })

  it('takes further access keys, with their limits, out of files', async () => {
    const file = join(await temporaryFolder(), 'team.json')
    const team = { accessKeyId: 'my-id', accessKeySecret: 'my-secret', allow: [{ bucket: 'one', prefix: 'team/' }] }
    await writeFile(file, JSON.stringify(team))
    const flags = ['--memory', '--bucket', 'one', '--region', 'cn-beijing', '--access-key', file]
    const { origin } = await startProgram(flags)
    await sdk(origin).put('team/a', Buffer.from('x'))
    await expect(sdk(origin).put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'AccessDenied' })

    await writeFile(file, JSON.stringify({ ...team, allow: undefined, alow: [] }))
    const misspelt = runProgram([...flags, '--port', '0'])
    expect(await misspelt.ended).toBe(1)
    expect(misspelt.output()).toMatch(/^The local OSS could not start: The access key my-id has no alow/)
  })

  it('writes requests to standard output where it is told to', async () => {
    const program = await startProgram(['--memory', '--log', 'info', '--bucket', 'photos'])
    await fetch(`${program.origin}/photos/a.txt`)
    await expect.poll(() => program.output()).toContain('"operation":"GetObject"')
  })

  it('leaves the disk alone where it is to keep everything in memory', async () => {
    const cwd = await temporaryFolder()
    const keys = ['--access-key-id', 'my-id', '--access-key-secret', 'my-secret', '--region', 'cn-beijing']
    const { origin } = await startProgram(['--memory', '--bucket', 'one', ...keys], { cwd })
    await sdk(origin).put('a', Buffer.from('x'))
    expect((await sdk(origin).get('a')).content.toString()).toBe('x')
    expect(await readdir(cwd)).toEqual([])
  })

  it('says so where other machines can reach it', async () => {
    const open = await startProgram(['--memory', '--host', '0.0.0.0'])
    expect(open.output()).toContain(
      'Warning: the local OSS can be reached from other machines, at 0.0.0.0, and everybody knows its access key.\n',
    )
    const own = await startProgram(['--memory', '--host', '0.0.0.0', '--access-key-secret', 'my-secret'])
    expect(own.output()).toContain('Warning: the local OSS can be reached from other machines, at 0.0.0.0.\n')
  })

  it.skipIf(isWindows).each(['SIGINT', 'SIGTERM'] as const)(
    'ends at %s, and an upload on its way ends with it',
    async (signal) => {
      const data = await temporaryFolder()
      const program = await startProgram(['--data', data, '--bucket', 'photos'])
      const [upload] = await startUpload(program.origin)
      program.child.kill(signal)
      expect(await program.ended).toBe(0)
      await expect(upload).rejects.toThrow()
      expect(await filesBelow(data)).not.toContainEqual(expect.stringMatching(/lock|drafts.+/))
    },
  )

  it('keeps a second one out of its folder, and does not mourn the first', async () => {
    const data = await temporaryFolder()
    const first = await startProgram(['--data', data])
    const second = runProgram(['--port', '0', '--data', data])
    expect(await second.ended).toBe(1)
    expect(second.output()).toMatch(
      new RegExp(
        `^The local OSS could not start: The folder ${data} is in use .+\\(process ${first.child.pid} on .+\\)\\.\n$`,
      ),
    )
    first.child.kill('SIGKILL')
    await first.ended
    const third = await startProgram(['--data', data])
    expect(third.output()).toContain('is ready')
  })

  it('tells in one sentence that the port is taken, and leaves the folder alone', async () => {
    const port = new URL((await startOss()).origin).port
    const folder = await temporaryFolder()
    const program = runProgram(['--port', port, '--data', join(folder, 'untouched')])
    expect(await program.ended).toBe(1)
    expect(program.output()).toBe(
      `Port ${port} of 127.0.0.1 is taken: stop what runs there, or choose another with --port.\n`,
    )
    expect(await readdir(folder)).toEqual([])
  })

  it('tells in one sentence that the folder is none', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')
    const program = runProgram(['--port', '0', '--data', file])
    expect(await program.ended).toBe(1)
    expect(program.output()).toMatch(/^The folder .+file cannot be used: .+\n$/)
  })

  it.each([
    [['--port', '99999'], /must be 0 to 65535/],
    [['--port', '0x50'], /must be 0 to 65535/],
    [['--host', 'no.such.host.invalid', '--port', '0'], /^Cannot listen at port 0 of no\.such\.host\.invalid: /],
    [['--host', '203.0.113.1', '--port', '0'], /^Cannot listen at port 0 of 203\.0\.113\.1: .*EADDRNOTAVAIL/],
    [['--bucket', 'Not_A_Bucket'], /could not start: The specified bucket is not valid\./],
    [['--cors-origin', '*.*', '--bucket', 'one'], /more than one \*/],
    [['--cors-origin', 'http://a.example'], /needs a '--bucket <name>'/],
    [['--domain', 'cdn.example.com'], /must look like cdn\.example\.com=photos/],
    [['--memory', '--data', 'x'], /'--memory' cannot be used with option '--data/],
    [['--log', 'loud'], /Allowed choices are info, debug, silent/],
    [['--access-key', 'absent.json'], /must be a JSON file: ENOENT/],
    [['--no-such-flag'], /unknown option '--no-such-flag'/],
    [['photos'], /too many arguments/],
  ])('refuses %j with a sentence', async (flags, sentence) => {
    const program = runProgram(flags, { cwd: await temporaryFolder() })
    expect(await program.ended).toBe(1)
    expect(program.output()).toMatch(sentence)
    expect(program.output()).not.toContain('    at ')
    expect(program.output().trim().split('\n')).toHaveLength(1)
  })
})

function sdk(origin: string): OSS {
  const endpoint = { endpoint: origin.replace('127.0.0.1', 'localhost'), sldEnable: true, authorizationV4: true }
  const credentials = { accessKeyId: 'my-id', accessKeySecret: 'my-secret', region: 'oss-cn-beijing', bucket: 'one' }
  return new OSS({ ...endpoint, ...credentials } as OSS.Options)
}

/** Which origin the bucket's rule lets in. */
function preflight(
  { origin }: Pick<Program & { origin: string }, 'origin'>,
  host: string,
  path: string,
): Promise<unknown> {
  const headers = { host, origin: 'http://a.example', 'access-control-request-method': 'POST' }
  return new Promise((resolve, reject) => {
    const request = requestHttp(origin + path, { method: 'OPTIONS', headers }, (response) => {
      response.resume()
      resolve(response.headers['access-control-allow-origin'])
    })
    request.on('error', reject).end()
  })
}

/** A form of which a part has gone out. Gives the promise of its answer. */
async function startUpload(origin: string): Promise<Promise<unknown>[]> {
  const body = formBody([...signedFields({ origin }), { content: Buffer.alloc(8 * MiB) }])
  const headers = { 'content-type': FORM_TYPE, 'content-length': body.length }
  const request = requestHttp(`${origin}/photos`, { method: 'POST', headers })
  const answer = once(request, 'response')
  answer.catch(() => undefined)
  await new Promise((written) => request.write(body.subarray(0, 4 * MiB), written))
  return [answer]
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
