import { type Finding, reporter } from './finding.ts'
import { describeError, isRefusal, type Site } from './site.ts'

const { ok, warning, wrong } = reporter('parts')

/** Begins an object in parts, looks at its parts and drops it: what routes with the transport `multipart` do. */
export async function* checkParts({ objects, keyStem }: Site): AsyncGenerator<Finding> {
  const key = `${keyStem}-parts.txt`
  const refused: string[] = []
  const attempt = async <T>(right: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused.push(right)
      return undefined
    }
  }
  try {
    const uploadId = await attempt('oss:PutObject', objects.initiateMultipart(key))
    if (uploadId !== undefined) {
      await attempt('oss:ListParts', objects.listParts(key, uploadId))
      await attempt('oss:AbortMultipartUpload', objects.abortMultipart(key, uploadId))
    }
  } catch (error) {
    yield wrong(`An object in parts could not be tried: ${describeError(error)}`, 'See docs/real-bucket.md.')
    return
  }
  if (refused.length === 0) yield ok('An object in parts can be begun, looked at and dropped')
  else {
    const fix = `Routes with the transport multipart need it: add ${refused.join(', ')} to the RAM policy.`
    yield warning(`The key may not do ${refused.join(', ')}`, fix)
  }
}
