import { describe, expect, it } from 'vitest'
import { safeLink } from './safe-link.ts'

const page = 'https://app.example.com/inbox'

describe('a link out of an answer', () => {
  it.each([
    ['https://cdn.example.com/a.png', 'https://cdn.example.com/a.png'],
    ['HTTP://cdn.example.com/a.png', 'http://cdn.example.com/a.png'],
    ['/uploads/1/content?x=1#y', '/uploads/1/content?x=1#y'],
  ])('%s is one', (text, href) => {
    expect(safeLink(text, page)).toBe(href)
  })

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://app.example.com/1',
    '//evil.example/a',
    '/\\evil.example/a',
    '/\t/evil.example/a',
    '/\n/evil.example/a',
    'https://app.example.com@evil.example/',
    'https://user:pass@cdn.example.com/',
    'https://cdn.exam\nple.com/',
    'https://cdn.example.com/ and more',
    'https://',
    'https:evil.example',
    'mailto:a@example.com',
    'cat.png',
    '',
  ])('%j stays text', (text) => {
    expect(safeLink(text, page)).toBeUndefined()
  })
})
