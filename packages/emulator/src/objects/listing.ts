import { type OssError, ossError } from '@oss-direct/oss'
import type { Exchange } from '../http/exchange.ts'
import type { Store } from '../store/store.ts'

/** What a list shows at one place: a key, or the keys that share a beginning up to a delimiter. */
export type ListEntry = { name: string; kind: 'key' | 'folder' }

export interface ListRequest {
  prefix: string
  /** Empty: nothing is folded. */
  delimiter: string
  /** Entries behind this one: a key, a folder, or any text. */
  after: string
}

/**
 * The entries of a bucket in OSS's order, a folder once. Where `after` lies in a folder, that folder counts as listed: a
 * page that ends with one is continued behind it.
 */
export async function* listEntries(
  store: Pick<Store, 'keysAfter'>,
  bucket: string,
  { prefix, delimiter, after }: ListRequest,
): AsyncGenerator<ListEntry> {
  const folderOf = (name: string) => {
    const at = delimiter === '' || !name.startsWith(prefix) ? -1 : name.indexOf(delimiter, prefix.length)
    return at === -1 ? undefined : name.slice(0, at + delimiter.length)
  }
  let listed = folderOf(after)
  for (let from: string | undefined = listed === undefined ? after : lastIn(listed); from !== undefined; ) {
    const start: string = from
    from = undefined
    for (const key of await store.keysAfter(bucket, start, prefix)) {
      const folder = folderOf(key)
      if (folder === undefined) {
        yield { name: key, kind: 'key' }
        continue
      }
      // The rest of a folder is passed over in one step, however much is in it.
      from = folder === listed ? key : lastIn(folder)
      if (folder !== listed) yield { name: folder, kind: 'folder' }
      listed = folder
      break
    }
  }
}

/** Behind nearly everything in the folder: no character comes after this one. */
function lastIn(folder: string): string {
  return `${folder}\u{10ffff}`
}

/** The first entries, and whether there are more. */
export async function takePage(entries: AsyncIterable<ListEntry>, most: number) {
  const page: ListEntry[] = []
  if (most === 0) return { page, isTruncated: false }
  for await (const entry of entries) {
    if (page.length === most) return { page, isTruncated: true }
    page.push(entry)
  }
  return { page, isTruncated: false }
}

/** A number from 0 to 1000. Throws OssError `InvalidArgument`. */
export function readMaxKeys(text: string | undefined, name = 'max-keys'): number {
  if (text === undefined || text === '') return 100
  if (/^\d{1,4}$/.test(text) && Number(text) <= 1000) return Number(text)
  throw refusal(name, text, 'is no number from 0 to 1000')
}

/** Prefixes, markers and their like have less than 1024 bytes. Throws OssError `InvalidArgument`. */
export function readListText(query: ReadonlyMap<string, string>, name: string): string {
  const text = query.get(name) ?? ''
  if (Buffer.byteLength(text) >= 1024) throw refusal(name, text, 'has more than 1023 bytes')
  return text
}

/** `encoding-type`: `url` or nothing. Throws OssError `InvalidArgument`. */
export function readEncoding(exchange: Pick<Exchange, 'query'>): 'url' | undefined {
  const text = new Map(exchange.query).get('encoding-type') ?? ''
  if (text === '') return undefined
  if (text.toLowerCase() === 'url') return 'url'
  throw refusal('encoding-type', text, 'is not url')
}

function refusal(name: string, value: string, reason: string): OssError {
  return ossError('InvalidArgument', {
    message: `The value of ${name} ${reason}.`,
    details: { ArgumentName: name, ArgumentValue: value },
  })
}
