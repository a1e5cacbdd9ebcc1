import { childText, ossError, type XmlElement } from '@oss-direct/oss'
import { decodeHeader } from '../http/header-text.ts'
import type { XmlContent } from '../http/xml-document.ts'

export type Tags = Readonly<Record<string, string>>

const MAX_TAGS = 10
const MAX_KEY_BYTES = 128
const MAX_VALUE_BYTES = 256
const ALLOWED = /^[\w+\-=.:/ ]*$/

/** `x-oss-tagging`: `a=1&b`, each side percent-encoded. Throws OssError `InvalidTag`. */
export function readTaggingHeader(text: string): Record<string, string> {
  const pairs = text === '' ? [] : text.split('&')
  return checkTags(
    pairs.map((pair) => {
      const [key = '', value = '', ...more] = pair.split('=').map((side) => {
        const text = decodeHeader(side)
        if (text === undefined) throw refusal(`${side} is no percent-encoded UTF-8.`)
        return text
      })
      if (more.length > 0) throw refusal(`${pair} is not key=value.`)
      return [key, value]
    }),
  )
}

/** The body of PutObjectTagging. Throws OssError `MalformedXML` and `InvalidTag`. */
export function readTagging(root: XmlElement): Record<string, string> {
  const set = root.children.find(({ name }) => name === 'TagSet')
  if (root.name !== 'Tagging' || set === undefined) throw ossError('MalformedXml')
  return checkTags(
    set.children.map((tag) => {
      const key = childText(tag, 'Key')
      if (tag.name !== 'Tag' || key === undefined) throw ossError('MalformedXml')
      return [key, childText(tag, 'Value') ?? '']
    }),
  )
}

export function writeTagging(tags: Tags): XmlContent {
  return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } }
}

/** Source: OSS API reference, PutObjectTagging: letters, digits, spaces and `+-=._:/`. */
function checkTags(pairs: readonly [key: string, value: string][]): Record<string, string> {
  if (pairs.length > MAX_TAGS) throw refusal(`There are ${pairs.length}; an object has at most ${MAX_TAGS}.`)
  const tags = new Map<string, string>()
  for (const [key, value] of pairs) {
    if (key === '' || !ALLOWED.test(key) || !ALLOWED.test(value)) {
      throw refusal(`${key}=${value} is empty or has other characters than letters, digits, spaces and +-=._:/`)
    }
    if (key.length > MAX_KEY_BYTES || value.length > MAX_VALUE_BYTES) {
      throw refusal(`A key has at most ${MAX_KEY_BYTES} bytes and a value ${MAX_VALUE_BYTES}.`)
    }
    if (tags.has(key)) throw refusal(`The key ${key} comes twice.`)
    tags.set(key, value)
  }
  return Object.fromEntries(tags)
}

function refusal(reason: string) {
  return ossError('InvalidTag', { message: `The tags of the object are not valid. ${reason}` })
}
