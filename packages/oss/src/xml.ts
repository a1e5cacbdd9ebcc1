/** An element of the XML that OSS writes: elements and text, nothing else. */
export interface XmlElement {
  name: string
  text: string
  children: XmlElement[]
}

const TOKEN = /<\?.*?\?>|<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<(\/?)([^\s/>]+)[^>]*?(\/?)>|([^<]+)/gs

/**
 * Reads XML of OSS, or of a client that writes to it. Attributes (`xmlns`) and comments are passed over; a document type
 * is refused, so that no entity can be declared. Gives nothing where the text is not well-formed.
 *
 * Our own, because this package depends on nothing and OSS uses no more of XML than this.
 */
export function readXml(text: string): XmlElement | undefined {
  if (text.includes('<!DOCTYPE')) return undefined
  const root: XmlElement = { name: '', text: '', children: [] }
  const open = [root]
  for (const [token, cdata, closing, name, empty, plain] of text.replace(/^\uFEFF/, '').matchAll(TOKEN)) {
    const current = open.at(-1)
    if (current === undefined) return undefined
    if (cdata !== undefined) current.text += cdata
    else if (plain !== undefined) current.text += unescapeXml(plain)
    else if (name === undefined || token.startsWith('<?')) continue
    else if (closing) {
      if (current.name !== name || current === root) return undefined
      open.pop()
    } else {
      const element: XmlElement = { name, text: '', children: [] }
      current.children.push(element)
      if (!empty) open.push(element)
    }
  }
  return open.length === 1 && root.children.length === 1 && root.text.trim() === '' ? root.children[0] : undefined
}

/** The text of the first child of that name. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return element?.children.find((child) => child.name === name)?.text
}

/** For text between tags; nothing here is ever written into an attribute. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi, (entity, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? entity
    const code =
      name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })
}
