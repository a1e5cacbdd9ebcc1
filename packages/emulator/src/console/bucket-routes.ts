import { type Request, Router } from 'express'
import type { Bucket, Store } from '../store/store.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { readPreview, sendContent } from './object-content.ts'
import { numberOf, textOf } from './parameters.ts'
import { Refusal } from './refusal.ts'

/** Buckets and their objects. A key is always a parameter of the query: in a path, `..` would be taken for a folder. */
export function bucketRoutes(store: Store): Router {
  const routes = Router()

  routes.get('/buckets', (_request, response) => {
    const buckets = [...store.buckets()].sort((a, b) => (a.name < b.name ? -1 : 1))
    response.json({ buckets })
  })

  routes.get('/buckets/:bucket/objects', async (request, response) => {
    const { name } = requireBucket(store, request)
    const limit = numberOf(request, 'limit', { max: 1000, otherwise: 100 })
    const objects = []
    let next: string | null = null
    for (const key of await store.keysAfter(name, textOf(request, 'after'), textOf(request, 'prefix'))) {
      if (objects.length === limit) {
        next = objects.at(-1)?.key ?? null
        break
      }
      const object = await store.findObject(name, key)
      if (object) objects.push(lineOf(object))
    }
    response.json({ objects, next })
  })

  routes.get('/buckets/:bucket/object', async (request, response) => {
    const { name } = requireBucket(store, request)
    const object = await requireObject(store, name, textOf(request, 'key'))
    const { headers, tags, target, crc64, contentMd5 } = object
    const preview = target === undefined ? await readPreview(store, name, object.key) : undefined
    response.json({
      ...lineOf(object),
      headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, readable(value)])),
      tags,
      crc64,
      ...(contentMd5 !== undefined && { contentMd5 }),
      ...(target !== undefined && { target }),
      preview: preview?.kind ?? 'none',
    })
  })

  routes.get('/buckets/:bucket/object/content', async (request, response) => {
    const { name: bucket } = requireBucket(store, request)
    const { key, target } = await requireObject(store, bucket, textOf(request, 'key'))
    if (target !== undefined) throw new Refusal(409, `${key} is a link to ${target} and has no content of its own`)
    const most = Number.MAX_SAFE_INTEGER
    const atMost = numberOf(request, 'bytes', { max: most, otherwise: most })
    const disposition = textOf(request, 'download') === '' ? 'inline' : 'attachment'
    await sendContent(store, { bucket, key, atMost, disposition }, response)
  })

  routes.delete('/buckets/:bucket/object', async (request, response) => {
    const { name } = requireBucket(store, request)
    const { key } = await requireObject(store, name, textOf(request, 'key'))
    await store.deleteObject(name, key)
    response.status(204).end()
  })

  return routes
}

function requireBucket(store: Store, { params }: Request<{ bucket: string }>): Bucket {
  const bucket = store.findBucket(params.bucket)
  if (!bucket) throw new Refusal(404, `There is no bucket ${params.bucket}`)
  return bucket
}

async function requireObject(store: Store, bucket: string, key: string): Promise<StoredObject> {
  if (key === '') throw new Refusal(400, 'key is missing')
  const object = await store.findObject(bucket, key)
  if (!object) throw new Refusal(404, `There is no object ${key} in ${bucket}`)
  return object
}

function lineOf({ key, size, etag, type, lastModified, contentType, storageClass, acl }: StoredObject) {
  return { key, size, etag, type, lastModified, contentType: readable(contentType), storageClass, acl }
}

/** Header values are kept as bytes in Latin-1; most are UTF-8. */
function readable(value: string): string {
  return Buffer.from(value, 'latin1').toString()
}
