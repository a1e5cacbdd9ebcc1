import {
  type BucketAddress,
  type CredentialsProvider,
  type OssClient,
  OssError,
  type UploadedPart,
} from '@oss-direct/oss'
import { type PartsAnswer, UploadError } from '@oss-direct/shared'
import { grantEnd } from './grant-end.ts'
import type { Logger } from './logger.ts'
import { objectHeaders } from './object-headers.ts'
import { ossFailure } from './oss-failure.ts'
import { cutIntoParts, type PartPlan, partBytes } from './part-plan.ts'
import type { Store, StoredUpload } from './store.ts'
import type { Tracer } from './tracer.ts'

export interface MultipartOptions {
  store: Store
  oss: OssClient
  /** Browsers send to it. */
  publicAddress: BucketAddress
  credentials: CredentialsProvider
  /** How long a URL of a part is good to begin with. */
  urlLifetimeMs: number
  tracer: Tracer
  logger: Logger
}

/** Why the parts that OSS holds are not the granted file. */
export interface PartsFault {
  /** `missing`: more may come. `wrong`: nothing good can come of it. */
  kind: 'missing' | 'wrong'
  error: UploadError
}

export interface Multipart {
  /** URLs for these parts, and what OSS holds already. Begins the upload where nobody has. Throws UploadError. */
  sign(upload: StoredUpload, partNumbers: readonly number[]): Promise<PartsAnswer>
  /**
   * Makes the object of its parts, without a callback. That the upload is gone is no fault: somebody may have completed it,
   * and only the bucket can tell. Throws OssError.
   */
  assemble(upload: StoredUpload): Promise<PartsFault | undefined>
  /** Drops what parts there are. Throws OssError. */
  abort(upload: StoredUpload): Promise<void>
}

export function createMultipart(options: MultipartOptions): Multipart {
  const { store, oss, publicAddress, credentials, urlLifetimeMs, tracer, logger } = options

  const sign = async (upload: StoredUpload, partNumbers: readonly number[]): Promise<PartsAnswer> => {
    const { id, key } = upload
    const now = oss.now()
    const plan = requireOpen(upload, now)
    const beyond = partNumbers.find((partNumber) => partNumber > plan.partCount)
    if (beyond !== undefined) {
      throw new UploadError('request-invalid', `The upload ${id} has no part ${beyond}, only 1 to ${plan.partCount}`, {
        hint: `Cut the file into parts of ${plan.partSize} bytes.`,
      })
    }
    const { uploadId, parts } = await resume(upload)
    const lifetimeMs = Math.min(urlLifetimeMs, upload.expiresAt.getTime() - now.getTime())
    const end = grantEnd(now, lifetimeMs, await credentials())
    const expiresInSeconds = Math.max(1, Math.floor((end.getTime() - now.getTime()) / 1000))
    const urls = partNumbers.map(async (partNumber) => ({
      partNumber,
      url: await oss.presignPart({ key, uploadId, partNumber, expiresInSeconds, address: publicAddress }),
    }))
    await tracer.add(id, 'parts signed', { partNumbers: [...partNumbers], held: parts.length })
    return {
      urls: await Promise.all(urls),
      expiresAt: new Date(now.getTime() + expiresInSeconds * 1000).toISOString(),
      have: parts.map(({ partNumber, size }) => ({ partNumber, size })),
    }
  }

  /** The upload at OSS, with its parts; it is begun where there is none, or where OSS has forgotten it. */
  const resume = async (upload: StoredUpload): Promise<{ uploadId: string; parts: UploadedPart[] }> => {
    const uploadId = upload.multipart?.uploadId
    try {
      if (uploadId === undefined) return await begin(upload)
      const parts = await listParts(upload.key, uploadId)
      if (parts !== undefined) return { uploadId, parts }
      // Gone: either it became the object, or a rule of the bucket swept its parts away.
      if ((await oss.head(upload.key)) !== null) throw complete(upload)
      return await begin(upload)
    } catch (cause) {
      throw cause instanceof UploadError ? cause : ossFailure(cause)
    }
  }

  /** Of several servers that begin at once the first to write its upload id wins; the others drop theirs and use it. */
  const begin = async (upload: StoredUpload): Promise<{ uploadId: string; parts: UploadedPart[] }> => {
    const { id, key } = upload
    const own = await oss.initiateMultipart(key, objectHeaders(upload))
    const kept = await store.keepUploadId(id, own, upload.multipart?.uploadId)
    if (kept === own) {
      await tracer.add(id, 'parts begun', null)
      return { uploadId: own, parts: [] }
    }
    await oss.abortMultipart(key, own).catch((error: unknown) => {
      // It has no parts, so it costs nothing; a rule of the bucket takes it away.
      logger.warn({ uploadId: id, err: error }, 'a second upload in parts could not be aborted')
    })
    if (kept === undefined) throw ended(upload)
    return { uploadId: kept, parts: (await listParts(key, kept)) ?? [] }
  }

  const listParts = (key: string, uploadId: string): Promise<UploadedPart[] | undefined> =>
    oss.listParts(key, uploadId).catch(goneAsUndefined)

  const assemble = async (upload: StoredUpload): Promise<PartsFault | undefined> => {
    const { id, key, multipart, file } = upload
    if (multipart?.uploadId === undefined) return missing(upload, 'none of them has been asked for')
    const parts = await listParts(key, multipart.uploadId)
    await tracer.add(id, 'parts listed', { found: parts?.length ?? null })
    if (parts === undefined) return undefined
    const fault = faultOf(upload, cutIntoParts(file.size, multipart.partSize), parts)
    if (fault !== undefined) return fault
    await oss.completeMultipart(key, multipart.uploadId, parts, ONCE).catch((error: unknown) => {
      // Completed by a call whose answer was lost: the bucket knows what is there.
      if (isOssError(error, 'NoSuchUpload') || isOssError(error, 'FileAlreadyExists')) return
      throw error
    })
    await tracer.add(id, 'parts completed', { parts: parts.length, bytes: totalBytes(parts) })
    return undefined
  }

  return {
    sign,
    assemble,
    async abort({ id, key, multipart }) {
      if (multipart?.uploadId === undefined) return
      await oss.abortMultipart(key, multipart.uploadId)
      await tracer.add(id, 'parts aborted', null)
    },
  }
}

// A grant is good for one object, and never replaces one.
const ONCE = { 'x-oss-forbid-overwrite': 'true' }

function requireOpen(upload: StoredUpload, now: Date): PartPlan {
  const { id, status, multipart, file, expiresAt } = upload
  if (multipart === undefined) throw notInParts(upload)
  if (status !== 'granted' && status !== 'expired') throw ended(upload)
  if (now >= expiresAt) {
    throw new UploadError('grant-expired', `The grant of the upload ${id} ended at ${expiresAt.toISOString()}`, {
      hint: 'Upload again with a fresh grant.',
    })
  }
  return cutIntoParts(file.size, multipart.partSize)
}

function faultOf(upload: StoredUpload, plan: PartPlan, parts: readonly UploadedPart[]): PartsFault | undefined {
  const sizes = new Map(parts.map(({ partNumber, size }) => [partNumber, size]))
  const numbers = Array.from({ length: plan.partCount }, (_, index) => index + 1)
  const absent = numbers.filter((partNumber) => !sizes.has(partNumber))
  if (absent.length > 0) {
    return missing(upload, `${absent.length} of ${plan.partCount}, the first is part ${absent[0]}`)
  }
  const wrong = parts.find(
    ({ partNumber, size }) => partNumber > plan.partCount || size !== partBytes(upload.file.size, plan, partNumber),
  )
  if (wrong === undefined) return undefined
  const total = totalBytes(parts)
  const error = new UploadError(
    'parts-mismatch',
    `The parts of the upload ${upload.id} are not the granted file: ${total} bytes instead of ${upload.file.size}, part ${wrong.partNumber} has ${wrong.size}. They were deleted`,
    { hint: `Upload again; every part but the last has exactly ${plan.partSize} bytes.` },
  )
  return { kind: 'wrong', error }
}

function totalBytes(parts: readonly UploadedPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0)
}

function missing({ id }: StoredUpload, which: string): PartsFault {
  const error = new UploadError('object-absent', `Parts of the upload ${id} are missing: ${which}`, {
    hint: 'Ask for their addresses, send them, then complete again.',
  })
  return { kind: 'missing', error }
}

export function notInParts({ id }: StoredUpload): UploadError {
  return new UploadError('transport-unsupported', `The upload ${id} was not granted in parts`, {
    hint: 'Confirm it, or ask for a grant with the transport "multipart".',
  })
}

function ended({ id }: StoredUpload): UploadError {
  return new UploadError('upload-ended', `The upload ${id} has ended and takes no parts any more`, {
    hint: 'Upload again with a fresh grant.',
  })
}

function complete({ id }: StoredUpload): UploadError {
  return new UploadError('upload-ended', `The parts of the upload ${id} are an object already`, {
    hint: 'Confirm it.',
  })
}

function goneAsUndefined(error: unknown): undefined {
  if (!isOssError(error, 'NoSuchUpload')) throw error
}

function isOssError(error: unknown, code: string): boolean {
  return error instanceof OssError && error.code === code
}
