import { createHash } from 'node:crypto'
import { type BucketAddress, sdkEndpoint } from './bucket-address.ts'
import { OssError } from './oss-error.ts'
import { type SignedCallOptions, signedCaller } from './signed-call.ts'
import { readXml, writeXmlElement, type XmlElement } from './xml.ts'

/** What concerns a bucket as a whole, for whoever sets it up or looks whether it is: a server of uploads calls none of it. */
export interface BucketClient {
  /** Undefined where the bucket has none. The document as OSS has it, with what nobody here knows of. */
  readConfiguration(name: ConfigurationName): Promise<XmlElement | undefined>
  /** Puts the document in the place of the one there is. */
  writeConfiguration(name: ConfigurationName, document: XmlElement): Promise<void>
  /** The first keys that begin so; at most 1000. */
  listKeys(request: { prefix: string; most: number }): Promise<string[]>
  /** The account's buckets that the signer may see; at most 100. Not to be asked through a domain of the bucket's own. */
  listBuckets(): Promise<string[]>
  /** `private`, `public-read` or `public-read-write`. */
  readAcl(): Promise<string>
  /** JSON; undefined where the bucket has none. */
  readPolicy(): Promise<string | undefined>
  /** The time by OSS's clock, as far as its answers have told it. */
  now(): Date
}

export type ConfigurationName = 'cors' | 'lifecycle'

/** Every failure is an OssError, as with `createOssClient`. Source: OSS API reference, operations on buckets. */
export function createBucketClient(options: SignedCallOptions): BucketClient {
  const { call, now } = signedCaller(options)

  const read = async (query: Readonly<Record<string, string>>, address?: BucketAddress): Promise<string> => {
    const answer = await call({ method: 'GET', key: '', query, ...(address && { address }) })
    return answer.text()
  }

  const readDocument = async (query: Readonly<Record<string, string>>, address?: BucketAddress) => {
    const root = readXml(await read(query, address))
    if (root !== undefined) return root
    throw new OssError({
      code: 'AnswerUnreadable',
      status: 200,
      message: `The answer to ?${Object.keys(query).join('&')} is no XML`,
      hint: 'Something between this machine and OSS may have answered instead: check endpoint and proxies.',
    })
  }

  return {
    now,

    async readConfiguration(name) {
      return unlessNone(readDocument({ [name]: '' }))
    },

    async writeConfiguration(name, document) {
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n${writeXmlElement(document)}`
      const headers = {
        'content-type': 'application/xml',
        'content-md5': createHash('md5').update(body).digest('base64'),
      }
      await call({ method: 'PUT', key: '', query: { [name]: '' }, headers, body })
    },

    async listKeys({ prefix, most }) {
      const page = await readDocument({ 'list-type': '2', 'max-keys': String(most), prefix })
      return textsOf(page, 'Contents', 'Key')
    },

    async listBuckets() {
      const { region } = options.address
      const service = { name: '', region, url: sdkEndpoint(options.address).endpoint }
      const [buckets] = (await readDocument({}, service)).children.filter(({ name }) => name === 'Buckets')
      return textsOf(buckets, 'Bucket', 'Name')
    },

    async readAcl() {
      const policy = await readDocument({ acl: '' })
      return textsOf(policy, 'AccessControlList', 'Grant')[0] ?? ''
    },

    async readPolicy() {
      return unlessNone(read({ policy: '' }))
    },
  }
}

const NONE = ['NoSuchCORSConfiguration', 'NoSuchLifecycle', 'NoSuchBucketPolicy']

async function unlessNone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof OssError && NONE.includes(error.code)) return undefined
    throw error
  }
}

function textsOf(parent: XmlElement | undefined, element: string, child: string): string[] {
  return (parent?.children ?? [])
    .filter(({ name }) => name === element)
    .flatMap(({ children }) => children.filter(({ name }) => name === child).map(({ text }) => text))
}
