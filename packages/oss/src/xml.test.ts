import { describe, expect, it } from 'vitest'
import { readVectors } from './vector.fixture.ts'
import { childText, escapeXml, readXml } from './xml.ts'

interface Capture {
  input: { body?: string }
}

describe('readXml', () => {
  it('reads the recorded completion of a multipart upload', () => {
    const capture = readVectors<Capture>('wire-captures.json').find(({ id }) => id === 'complete-multipart')
    const parts = readXml(capture?.input.body ?? '')?.children.map((part) => [
      childText(part, 'PartNumber'),
      childText(part, 'ETag'),
    ])
    expect(parts).toEqual([
      ['1', '"4DE8075FB607DF4D13FBC480EA488EFA"'],
      ['2', '"AF947EC157726CEA88ED83B3C989063B"'],
    ])
  })

  it.each([
    ['a declaration, a name space and white space', '<?xml version="1.0"?>\n<a xmlns="http://x/">\n <b>1</b>\n</a>\n'],
    ['a byte order mark and a comment', '\uFEFF<a><!-- <b>2</b> --><b>1</b></a>'],
    ['an empty element', '<a><c/><d a="/" /><b>1</b></a>'],
    ['character data', '<a><b><![CDATA[1]]></b></a>'],
    ['a character by its number', '<a><b>&#49;</b></a>'],
    ['a number in hex', '<a><b>&#x31;</b></a>'],
    ['attributes in both quotes, with a bracket in one', `<a c="/>" d = 'e"'><b f=''>1</b ></a>`],
  ])('reads %s', (_case, text) => {
    expect(childText(readXml(text), 'b')).toBe('1')
  })

  it('reads what escapeXml wrote', () => {
    const text = `<&>"'&amp;猫\t\r\n🐈`
    expect(readXml(`<a>${escapeXml(text)}</a>`)?.text).toBe(text)
  })

  it.each([
    ['nothing', ''],
    ['text', 'OK'],
    ['an element left open', '<a><b></a>'],
    ['a closing tag of its own', '</a>'],
    ['tags that cross', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['text behind the root', '<a/>x'],
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['the same in other letters', '<!doctype a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a tag that is cut off', '<a><b'],
    ['a bracket that opens nothing', '<a><</a>'],
    ['a closing tag that is empty', '<a></a/>'],
    ['an ampersand that begins nothing', '<a>b & c</a>'],
    ['an entity that nobody declared', '<a>&nbsp;</a>'],
    ['a name that every object of JavaScript has', '<a>&constructor;&toString;</a>'],
    ['half a character', '<a>&#xD800;</a>'],
    ['a number beyond all characters', '<a>&#x110000;</a>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['an instruction without an end', '<a><? </a>'],
    ['character data without an end', '<a><![CDATA[ </a>'],
    ['entities that grow', billionLaughs()],
    ['100,000 levels', '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
    ['65 levels', '<a>'.repeat(65) + '</a>'.repeat(65)],
    ['more than 100,000 elements', `<a>${'<b/>'.repeat(100_000)}</a>`],
  ])('gives nothing for %s', (_case, text) => {
    expect(readXml(text)).toBeUndefined()
  })

  it('reads 64 levels, and the list of 10,000 parts', () => {
    expect(readXml('<a>'.repeat(64) + '</a>'.repeat(64))?.name).toBe('a')
    const part = `<Part><PartNumber>1</PartNumber><ETag>"4DE8075FB607DF4D13FBC480EA488EFA"</ETag></Part>`
    const list = readXml(`<CompleteMultipartUpload>${part.repeat(10_000)}</CompleteMultipartUpload>`)
    expect(list?.children).toHaveLength(10_000)
  })

  // Each takes minutes where a reader looks at the rest again for every character; the timeout says so.
  it.each([
    ['an endless name', `<${'a'.repeat(5_000_000)}`],
    ['comments in comments', '<!--'.repeat(1_000_000)],
    ['character data in character data', `<a>${'<![CDATA['.repeat(500_000)}`],
    ['instructions in instructions', '<?'.repeat(2_000_000)],
    ['endless space in a tag', `<a${' '.repeat(5_000_000)}`],
    ['attributes without an end', `<a ${'b="c" '.repeat(800_000)}`],
    ['quotes without an end', `<a ${'b="'.repeat(1_000_000)}`],
    ['ampersands', `<a>${'&'.repeat(5_000_000)}</a>`],
    ['an endless number', `<a>&#${'1'.repeat(5_000_000)};</a>`],
    ['opening brackets', '<'.repeat(5_000_000)],
  ])('does not labour over %s', (_case, text) => {
    expect(readXml(text)).toBeUndefined()
  })
})

describe('escapeXml', () => {
  it('writes what XML cannot have as the replacement character', () => {
    expect(escapeXml('a\0b\x1f\uFFFFc\uD800')).toBe('a\uFFFDb\uFFFD\uFFFDc\uFFFD')
  })
})

function billionLaughs(): string {
  const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`)
  return `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">${entities.join('')}]><a>&e9;</a>`
}
