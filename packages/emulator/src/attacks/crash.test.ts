import { createHash, randomBytes, randomInt } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { complete, upload } from '../multipart/multipart.fixture.ts'
import { startProgram, temporaryFolder } from '../stage/process.fixture.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { type Answer, post, signedFields } from '../stage/stage.fixture.ts'

const ROUNDS = 7
const WRITERS = 8

/** SHA-256 of an object; `absent` where there is none. */
type Content = string

/** One key, written by nobody else: what it holds, and what it holds as well if the last write got through. */
interface Writer {
  key: string
  held: Content
  attempted: Content
}

it('killed at any moment, it starts again with every finished write and no half one', {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder()
  const writers: Writer[] = Array.from({ length: WRITERS }, (_, index) => ({
    key: `dir/${index}`,
    held: 'absent',
    attempted: 'absent',
  }))
  let finished = 0
  for (let round = 0; round <= ROUNDS; round++) {
    const oss = await startProgram(['--data', folder, '--bucket', 'photos'])
    expect(await readdir(join(folder, 'drafts'))).toEqual([])
    for (const writer of writers) writer.held = await verify(oss, writer)
    const listed = [...(await sendSigned(oss, 'GET')).text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key)
    expect(listed).toEqual(writers.filter(({ held }) => held !== 'absent').map(({ key }) => key))

    const endings = Promise.allSettled(
      writers.map(async (writer) => {
        for (;;) {
          await write(oss, writer)
          finished += 1
        }
      }),
    )
    await sleep(randomInt(50, 500))
    oss.child.kill('SIGKILL')
    await oss.ended
    // Each ends with the connection that was cut, or the one that is refused.
    for (const ending of await endings) expect(ending).toMatchObject({ reason: { message: 'fetch failed' } })
  }
  expect(finished).toBeGreaterThan(WRITERS)
})

/** What the key holds: one of the two, whole. */
async function verify(oss: { origin: string }, { key, held, attempted }: Writer): Promise<Content> {
  const answer = await sendSigned(oss, 'GET', { key })
  const found = answer.status === 404 ? 'absent' : sha256(answer.text)
  expect([held, attempted]).toContain(found)
  return found
}

/** Writes something else, by any road. Rejects once nobody answers any more. */
async function write(oss: { origin: string }, writer: Writer): Promise<void> {
  const { key } = writer
  const body = randomBytes(randomInt(1, 400_000)).toString('base64')
  const roads: (() => Promise<Answer>)[] = [
    () => sendSigned(oss, 'PUT', { key, body }),
    () => post(oss, [...signedFields(oss, { key }), { content: body }]),
    async () => complete(oss, await upload(oss, key, body.match(/.{1,150000}/gs) ?? [])),
  ]
  const road = roads[randomInt(roads.length + 1)]
  writer.attempted = road ? sha256(body) : 'absent'
  const { status } = await (road ? road() : sendSigned(oss, 'DELETE', { key }))
  expect(status).toBeLessThan(300)
  writer.held = writer.attempted
}

function sha256(text: string): Content {
  return createHash('sha256').update(text).digest('hex')
}
