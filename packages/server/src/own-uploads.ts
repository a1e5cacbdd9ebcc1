import type { BucketAddress, OssClient } from '@oss-direct/oss'
import { type RecordPage, UploadError } from '@oss-direct/shared'
import { dispositionOf } from './object-headers.ts'
import { requireSealed } from './sealed-object.ts'
import type { Store, StoredUpload } from './store.ts'
import { formatCursor, parseCursor, toRecord } from './upload-record.ts'
import { type Caller, mayUse } from './upload-route.ts'
import type { CallerContext } from './uploads-options.ts'

export interface ListQuery {
  /** `nextCursor` of the page before. */
  cursor?: string | undefined
  /** 1 to 100. @default 20 */
  limit?: number | undefined
  route?: string | undefined
}

export interface OwnUploadsOptions {
  store: Store
  oss: OssClient
  publicAddress: BucketAddress
  /** Throws where it is nobody who may come in. */
  requireCaller(context: CallerContext): Promise<Caller>
}

/** What a caller may see: records of his own, on the routes that he may use. Throws UploadError. */
export interface OwnUploads {
  find(id: string, context: CallerContext): Promise<StoredUpload>
  list(query: ListQuery, context: CallerContext): Promise<RecordPage>
  /** A signed address of the object, good for minutes. */
  content(id: string, context: CallerContext): Promise<string>
}

export function createOwnUploads({ store, oss, publicAddress, requireCaller }: OwnUploadsOptions): OwnUploads {
  /** Another caller's record is not there, rather than forbidden: a refusal would say that it exists. */
  const find = async (id: string, context: CallerContext): Promise<StoredUpload> => {
    const caller = await requireCaller(context)
    const upload = await store.find(id)
    if (upload !== undefined && upload.owner === caller.id && mayUse(caller, upload.route)) return upload
    throw new UploadError('upload-not-found', `There is no upload ${id.slice(0, 64)} of yours`, {
      hint: 'It may have been removed, or it belongs to somebody else.',
    })
  }

  return {
    find,

    async list({ cursor, limit = 20, route }, context) {
      const { id: owner, routes: scope } = await requireCaller(context)
      const before = cursor === undefined ? undefined : parseCursor(cursor)
      // One more than asked for tells whether there is a next page.
      const uploads = await store.list({
        owner,
        limit: limit + 1,
        ...listedRoutes(scope, route),
        ...(before === undefined ? {} : { before }),
      })
      const page = uploads.slice(0, limit)
      const last = page.at(-1)
      const hasMore = uploads.length > limit && last !== undefined
      return { items: page.map(toRecord), ...(hasMore ? { nextCursor: formatCursor(last) } : {}) }
    },

    async content(id, context) {
      const upload = await find(id, context)
      if (upload.status !== 'settled') {
        throw new UploadError('object-absent', `The upload ${id} is ${upload.status}: there is nothing to show yet`, {
          hint: 'Confirm it first.',
        })
      }
      await requireSealed(upload, oss)
      const disposition = dispositionOf(upload.file.name, INLINE_TYPES.test(upload.mimeType) ? 'inline' : 'attachment')
      return oss.presign({
        address: publicAddress,
        method: 'GET',
        key: upload.key,
        expiresInSeconds: 300,
        query: { 'response-content-disposition': disposition },
      })
    },
  }
}

// Types that a browser shows and never executes. Anything else, SVG, HTML and PDF among them, comes as a download.
const INLINE_TYPES = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain)( *;|$)/i

/** Of the routes that a caller may use, the one that was asked for, or all. */
function listedRoutes(scope: readonly string[] | undefined, asked: string | undefined): { routes?: readonly string[] } {
  if (asked === undefined) return scope === undefined ? {} : { routes: scope }
  return { routes: scope?.includes(asked) === false ? [] : [asked] }
}
