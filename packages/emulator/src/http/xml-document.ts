import { escapeXml } from '@oss-direct/oss'
import type { Reply } from './exchange.ts'

/** An element's content: text, further elements in this order, or one element several times. */
export type XmlContent =
  | string
  | number
  | boolean
  | { readonly [name: string]: XmlContent | readonly XmlContent[] | undefined }

/** A document as OSS writes it: elements and text. A member that is undefined is left out, a list repeats its element. */
export function writeXml(root: string, content: XmlContent): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, content)}`
}

export function xmlReply(body: string): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body }
}

function writeElement(name: string, content: XmlContent): string {
  if (typeof content !== 'object') return `<${name}>${escapeXml(String(content))}</${name}>`
  const children = Object.entries(content).flatMap(([child, value]) => {
    if (value === undefined) return []
    const values: readonly XmlContent[] = Array.isArray(value) ? value : [value]
    return values.map((each) => writeElement(child, each))
  })
  return `<${name}>${children.join('')}</${name}>`
}
