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
    expect(show({ url: 'https://cdn.example.com/a.png' })).toContain(
      '<a href="https://cdn.example.com/a.png" target="_blank" rel="noopener noreferrer">',
    )
    expect(show({ url: '/uploads/1/content' })).toContain('<a href="/uploads/1/content"')
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
    expect(show({ at: '2026-03-01T08:00:00Z' })).toContain('<time dateTime="2026-03-01T08:00:00Z"')
    expect(show({ at: '2026-99-99T08:00:00Z' })).not.toContain('<time')
  })
})

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
