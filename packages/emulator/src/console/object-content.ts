import { pipeline } from 'node:stream/promises'
import { percentEncode } from '@oss-direct/oss'
import type { Response } from 'express'
import type { Store } from '../store/store.ts'
import { type Preview, previewOf, SNIFFED_BYTES } from './content-type.ts'
import { Refusal } from './refusal.ts'

export interface WantedContent {
  bucket: string
  key: string
  /** No more than this, bytes. */
  atMost: number
  disposition: 'inline' | 'attachment'
}

/**
 * Sends an object's bytes so that nothing in them can run: pictures, text and PDF under the type that their bytes have,
 * everything else as a download; in a sandbox without an origin in any case. Throws Refusal 404.
 */
export async function sendContent(store: Store, wanted: WantedContent, response: Response): Promise<void> {
  const { bucket, key, atMost, disposition } = wanted
  const preview = await readPreview(store, bucket, key)
  const opened = await store.openObject(bucket, key)
  if (!opened || preview === undefined) throw new Refusal(404, `There is no object ${key} in ${bucket}`)
  try {
    const length = Math.min(opened.object.size, atMost)
    const name = key.slice(key.lastIndexOf('/') + 1)
    const shown = preview.kind === 'none' ? 'attachment' : disposition
    response.set({
      'Content-Type': preview.contentType,
      'Content-Disposition': `${shown}; filename*=UTF-8''${percentEncode(name)}`,
      'Content-Length': String(length),
      'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    })
    if (length === 0) return void response.end()
    await pipeline(opened.read({ start: 0, end: length - 1 }), response)
  } finally {
    await opened.close()
  }
}

/** How the object can be shown; nothing where there is none. */
export async function readPreview(store: Store, bucket: string, key: string): Promise<Preview | undefined> {
  const opened = await store.openObject(bucket, key)
  if (!opened) return undefined
  try {
    const end = Math.min(opened.object.size, SNIFFED_BYTES) - 1
    return previewOf(end < 0 ? Buffer.alloc(0) : Buffer.concat(await opened.read({ start: 0, end }).toArray()))
  } finally {
    await opened.close()
  }
}
