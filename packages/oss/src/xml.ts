/** An element of the XML that OSS writes: elements and text, nothing else. */
export interface XmlElement {
  name: string
  text: string
  children: XmlElement[]
}

// The deepest document of OSS has five levels; its longest, a list of 10,000 parts, some 60,000 elements.
const MAX_DEPTH = 64
const MAX_ELEMENTS = 100_000

// No alternative of it can read the same characters in two ways: a tag is refused as fast as it is read.
const TAG = /<(\/?)([^\s/<>"'=]+)(?:\s+[^\s/<>"'=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/y

/**
 * Reads XML of OSS, or of a client that writes to it. Attributes (`xmlns`) and comments are passed over; a document type
 * is refused, so that no entity can be declared. Gives nothing where the text is not well-formed, is nested more than 64
 * levels deep or has more than 100,000 elements. Takes time in proportion to the text, whatever is in it.
 *
 * Our own, because this package depends on nothing and OSS uses no more of XML than this.
 */
export function readXml(text: string): XmlElement | undefined {
  const root: XmlElement = { name: '', text: '', children: [] }
  const open = [root]
  let elements = 0
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    const current = open.at(-1)
    const piece = readPiece(text, at)
    if (current === undefined || piece === undefined) return undefined
    at = piece.end
    if (piece.text !== undefined) current.text += piece.text
    if (piece.tag === undefined) continue
    const { name, kind } = piece.tag
    if (kind === 'close') {
      if (current.name !== name || current === root) return undefined
      open.pop()
      continue
    }
    elements += 1
    if (elements > MAX_ELEMENTS || open.length > MAX_DEPTH) return undefined
    const element: XmlElement = { name, text: '', children: [] }
    current.children.push(element)
    if (kind === 'open') open.push(element)
  }
  return open.length === 1 && root.children.length === 1 && root.text.trim() === '' ? root.children[0] : undefined
}

/** What begins at one place of a document, and where it ends; a comment has neither text nor tag. */
interface Piece {
  end: number
  text?: string
  tag?: { name: string; kind: 'open' | 'close' | 'empty' }
}

function readPiece(text: string, at: number): Piece | undefined {
  if (text[at] !== '<') {
    const next = text.indexOf('<', at)
    const end = next === -1 ? text.length : next
    const plain = unescapeXml(text.slice(at, end))
    return plain === undefined ? undefined : { end, text: plain }
  }
  for (const [opening, closing] of PASSED_OVER) {
    if (text.startsWith(opening, at)) return readUntil(text, at + opening.length, closing)
  }
  if (text.startsWith('<![CDATA[', at)) {
    const from = at + '<![CDATA['.length
    const section = readUntil(text, from, ']]>')
    return section && { ...section, text: text.slice(from, section.end - ']]>'.length) }
  }
  TAG.lastIndex = at
  const [token, slash, name, empty] = TAG.exec(text) ?? []
  // A name may not begin like that: it is a document type, or a declaration inside of one.
  if (token === undefined || name === undefined || name.startsWith('!') || (slash && empty)) return undefined
  return { end: at + token.length, tag: { name, kind: slash ? 'close' : empty ? 'empty' : 'open' } }
}

const PASSED_OVER = [
  ['<?', '?>'],
  ['<!--', '-->'],
] as const

function readUntil(text: string, from: number, closing: string): Piece | undefined {
  const found = text.indexOf(closing, from)
  return found === -1 ? undefined : { end: found + closing.length }
}

/** The text of the first child of that name. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return element?.children.find((child) => child.name === name)?.text
}

/** An element as text, children in their order. Text beside children is layout, and left out. */
export function writeXmlElement({ name, text, children }: XmlElement): string {
  const content = children.length === 0 ? escapeXml(text) : children.map(writeXmlElement).join('')
  return `<${name}>${content}</${name}>`
}

/**
 * For text between tags; nothing here is ever written into an attribute. Characters that XML 1.0 cannot have, which keys
 * may, become U+FFFD: a document that nobody can read would say even less.
 */
export function escapeXml(text: string): string {
  return text
    .replace(NOT_IN_XML, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}

// Source: XML 1.0, production Char.
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

const REFERENCE = /&(?:#x([0-9a-f]{1,6});|#([0-9]{1,7});|([a-z]{1,4});)?/gi

/** Nothing where an ampersand begins no entity that XML has of itself. */
function unescapeXml(text: string): string | undefined {
  let plain = ''
  let from = 0
  for (const { index, 0: reference, 1: hex, 2: decimal, 3: name } of text.matchAll(REFERENCE)) {
    const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16)
    const character = name === undefined ? characterOf(code) : ENTITIES.get(name)
    if (character === undefined) return undefined
    plain += text.slice(from, index) + character
    from = index + reference.length
  }
  return plain + text.slice(from)
}

/** Control characters are let through: keys may have them, and clients write them like that. */
function characterOf(code: number): string | undefined {
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : undefined
}
