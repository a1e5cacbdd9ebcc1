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
  ])('reads %s', (_case, text) => {
    expect(childText(readXml(text), 'b')).toBe('1')
  })

  it('reads what escapeXml wrote', () => {
    const text = `<&>"'&amp;猫`
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
  ])('gives nothing for %s', (_case, text) => {
    expect(readXml(text)).toBeUndefined()
  })
})
