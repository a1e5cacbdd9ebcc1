import { childText, createOssClient, type OssClient, readXml, signHeaders } from '@oss-direct/oss'
import type { CompleteRequest, PartsAnswer } from '@oss-direct/shared'
import type { Client, PartsGrant, Stage } from './stage.ts'

/** The smallest that OSS takes. */
export const PART = 100 * 1024
export const PIECES = ['a'.repeat(PART), 'b'.repeat(PART), 'c'.repeat(700)]
export const SIZE = 2 * PART + 700
/** CRC-64 of them together. */
export const CRC64 = '7377006880837593540'

/** A grant for a file of three parts, by the route `big`. */
export function begin(client: Client): Promise<PartsGrant> {
  return client.grantParts({ name: '季度.bin', size: SIZE, type: 'text/plain' }, 'big')
}

/** Asks for the addresses of these parts. */
export async function askForParts(client: Client, id: string, partNumbers: number[]): Promise<PartsAnswer> {
  const { status, body } = await client.send('POST', `/${id}/parts`, { partNumbers })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body as PartsAnswer
}

/** Sends parts as a browser does: no content type. Gives their statuses. */
export function putParts({ urls }: PartsAnswer, pieces: readonly string[]): Promise<number[]> {
  const sent = urls.map(async ({ url }, index) => {
    const body = new Blob([pieces[index] ?? ''])
    return (await fetch(url, { method: 'PUT', body })).status
  })
  return Promise.all(sent)
}

/** The uploads in parts that OSS still keeps for a key. */
export async function partsAtOss({ address, credentials }: Stage, key: string): Promise<string[]> {
  const headers = signHeaders(
    { method: 'GET', bucket: address.name, key: '', query: { uploads: '' } },
    { credentials: await credentials(), region: address.region, now: new Date() },
  )
  const list = readXml(await (await fetch(`${address.url}/?uploads`, { headers })).text())
  const uploads = list?.children.filter(({ name }) => name === 'Upload') ?? []
  return uploads.flatMap((upload) => (childText(upload, 'Key') === key ? [childText(upload, 'UploadId') ?? ''] : []))
}

/** Sends a whole file. Throws where OSS takes a part of it not. */
export async function sendAll(client: Client, { id }: PartsGrant, pieces = PIECES): Promise<PartsAnswer> {
  const answer = await askForParts(
    client,
    id,
    pieces.map((_, index) => index + 1),
  )
  const statuses = await putParts(answer, pieces)
  if (statuses.some((status) => status !== 200)) throw new Error(`OSS answered ${statuses.join(', ')}`)
  return answer
}

export function complete(client: Client, id: string, body?: CompleteRequest): ReturnType<Client['send']> {
  return client.send('POST', `/${id}/complete`, body)
}

/** The requests of that operation that OSS got for a key. */
export function requestsOf({ emulator }: Stage, key: string, operation: string) {
  return emulator.requests.list().filter((request) => request.key === key && request.operation === operation)
}

/** The bucket, past our server. */
export function ownerOf({ address, credentials }: Stage): OssClient {
  return createOssClient({ address, credentials })
}

export async function uploadIdOf({ store }: Stage, id: string): Promise<string> {
  return (await store.find(id))?.multipart?.uploadId ?? ''
}
