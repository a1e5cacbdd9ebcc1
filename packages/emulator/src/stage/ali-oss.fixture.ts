import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type OSS from 'ali-oss'
import type { Emulator } from '../emulator.ts'
import { accessKey } from './stage.fixture.ts'

/** How the vendor's SDK may sign, and how it may name a bucket: what it does must work in each way. */
export const ALI_OSS_WAYS = [
  ['V1', 'path style', false, true],
  ['V1', 'bucket.localhost', false, false],
  ['V4', 'path style', true, true],
  ['V4', 'bucket.localhost', true, false],
] as const

// Node itself finds no names below localhost; browsers do.
const agent = new Agent({
  lookup: (_host, options, found) => {
    if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }])
    else found(null, '127.0.0.1', 4)
  },
})

/** `localhost`, because the SDK signs no URLs for IP addresses. */
export function aliOssOptions(
  { origin }: Pick<Emulator, 'origin'>,
  way: { authorizationV4: boolean; sldEnable: boolean },
): OSS.Options {
  const endpoint = origin.replace('127.0.0.1', 'localhost')
  // `agent` and both of `way` are missing in the published types.
  const options: OSS.Options & typeof way & { agent: Agent } = {
    ...accessKey,
    region: 'oss-cn-hangzhou',
    bucket: 'photos',
    endpoint,
    agent,
    ...way,
  }
  return options
}

/** `fetch` for `bucket.localhost`. */
export function fetchByName(
  url: string,
  { method = 'GET', body }: { method?: string; body?: string } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, method }, async (response) => {
      resolve({ status: response.statusCode ?? 0, text: await text(response) })
    })
    call.on('error', reject).end(body)
  })
}
