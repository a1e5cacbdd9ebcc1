import type { Json } from '@oss-direct/shared'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { labelOf, ResultView } from './result-view.tsx'

const show = (value: Json) => renderToStaticMarkup(<ResultView value={value} />)

describe('the answer of the application', () => {
  it('is labels and values', () => {
    const html = show({ key: 'demo/1f3a9c.png', size: 3_145_728, mimeType: 'image/png', public: true, note: null })
    expect(textOf(html)).toBe(
      'The application answered Copy JSON Key demo/1f3a9c.png Size 3.0 MiB MIME type image/png Public Yes Note none',
    )
    expect(html).toContain('title="3,145,728 B"')
  })

  it('links to http, https and the page itself, in a new tab that cannot reach back', () => {
    const [link] = show({ url: 'https://cdn.example.com/a.pdf' }).match(/<a [^>]*>/) ?? []
    expect(link).toContain('href="https://cdn.example.com/a.pdf"')
    expect(link).toContain('target="_blank" rel="noopener noreferrer"')
    expect(show({ url: '/uploads/1/content' })).toContain('href="/uploads/1/content"')
  })

  it('shows the picture that it links to, without telling from where it is asked', () => {
    const [picture] =
      show({ url: 'https://cdn.example.com/cat.webp?x-oss-process=style/small' }).match(/<img [^>]*>/) ?? []
    expect(picture).toContain('src="https://cdn.example.com/cat.webp?x-oss-process=style/small"')
    expect(picture).toContain('referrerPolicy="no-referrer"')
    for (const url of [
      'https://cdn.example.com/cat.svg',
      'https://cdn.example.com/?a=b.png',
      'cat.png',
      'data:image/png,x',
    ]) {
      expect(show({ url })).not.toContain('<img')
    }
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example'])('shows %s as text', (url) => {
    const html = show({ url })
    expect(html).not.toContain('<a ')
    expect(textOf(html)).toContain(url)
  })

  it('never takes a text for markup', () => {
    const html = show({ '<b>label</b>': '<img src=x onerror=alert(1)>' })
    expect(html).not.toMatch(/<img|<b>/)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })

  it.each<[string, Json, string]>([
    ['a bare text', 'thanks', 'thanks'],
    ['nothing at all', null, 'none'],
    ['an empty object', {}, 'An empty answer'],
    ['a list', ['a', 'b'], 'a b'],
    ['an id that is a number', { id: 1234567 }, 'ID 1234567'],
    ['objects in objects', { image: { width: 640, height: 420 } }, 'Image Width 640 Height 420'],
    [
      'a long list',
      Array.from({ length: 25 }, (_, index) => index),
      `${Array.from({ length: 20 }, (_, index) => index).join(' ')} and 5 more`,
    ],
  ])('shows %s', (_case, value, text) => {
    expect(textOf(show(value))).toBe(`The application answered Copy JSON ${text}`)
  })

  it('ends somewhere, however deep it goes', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`)
    expect(show(deep).match(/<dl/g)).toHaveLength(4)
  })

  it('tells a time in words and keeps the exact one', () => {
    expect(show({ at: '2026-03-01T08:00:00Z' })).toContain('dateTime="2026-03-01T08:00:00Z"')
    expect(show({ at: '2026-99-99T08:00:00Z' })).not.toContain('<time')
  })
})

describe('an answer that means harm', () => {
  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://page.invalid/1',
    'file:///etc/passwd',
    '//evil.example/a.png',
    '/\\evil.example/a.png',
    '/\t/evil.example/a.png',
    'https://user:secret@evil.example/a.png',
    `https://evil.example/${'a'.repeat(5000)}.png`,
  ])('links nowhere and asks for nothing: %j', (url) => {
    expect(show({ url, [url]: [url, { url }] })).not.toMatch(/<a |<img|href=|src=/)
  })

  it('turns no writing round', () => {
    const text = show({ name: 'photo\u202egpj.exe', ['\u202elabel']: 'https://e.example/\u202egpj.exe' })
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    expect(textOf(text)).toContain('photogpj.exe')
  })

  it('is no prototype, no element and no method, whatever its members are called', () => {
    const answer = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","$$typeof":"Symbol(react.element)","type":"script","props":{"dangerouslySetInnerHTML":{"__html":"<script>1</script>"}}}',
    )
    const html = show(answer)
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;script&gt;')
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  it.each<[string, () => Json]>([
    ['a million items', () => Array.from({ length: 1_000_000 }, (_, index) => index)],
    ['lists in lists in lists', () => nest(20, 5)],
    ['a megabyte of text', () => ({ text: 'x'.repeat(1_000_000), url: `https://e.example/${'x'.repeat(1_000_000)}` })],
    ['a megabyte of a label', () => ({ ['x'.repeat(1_000_000)]: 1 })],
    ['a hundred thousand levels', () => JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['five thousand levels of members', () => JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`)],
  ])('stays small: %s', (_what, answer) => {
    expect(show(answer()).length).toBeLessThan(120_000)
  })
})

/** Lists of so many lists, so many levels deep. */
function nest(width: number, depth: number): Json {
  return depth === 0 ? 'leaf' : Array.from({ length: width }, () => nest(width, depth - 1))
}

describe('a label', () => {
  it.each([
    ['mimeType', 'MIME type'],
    ['mime_type', 'MIME type'],
    ['etag', 'ETag'],
    ['imageURL', 'Image URL'],
    ['ID', 'ID'],
    ['文件名', '文件名'],
    ['_', '_'],
  ])('%s is read as %s', (name, label) => {
    expect(labelOf(name)).toBe(label)
  })
})

function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
