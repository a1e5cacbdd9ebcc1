import { describe, expect, it } from 'vitest'
import { dispositionOf, safeMimeType } from './object-headers.ts'

describe('dispositionOf', () => {
  it.each([
    ['a.txt', 'attachment; filename="a.txt"'],
    ['季度.txt', `attachment; filename="__.txt"; filename*=UTF-8''%E5%AD%A3%E5%BA%A6.txt`],
    ['a"b\\c.txt', `attachment; filename="a_b_c.txt"; filename*=UTF-8''a%22b_c.txt`],
    ['../../etc/passwd', 'attachment; filename=".._.._etc_passwd"'],
    ['a\r\nSet-Cookie: x', 'attachment; filename="a__Set-Cookie_ x"; filename*=UTF-8\'\'a__Set-Cookie%3A%20x'],
    ['<img src=x>', `attachment; filename="_img src_x_"; filename*=UTF-8''%3Cimg%20src%3Dx%3E`],
    ['half \ud83d', 'attachment; filename="half _"'],
  ])('of %j is safe in a header', (name, header) => {
    expect(dispositionOf(name, 'attachment')).toBe(header)
  })

  it('keeps at most 255 bytes of the name, whole characters', () => {
    const header = dispositionOf('é'.repeat(500), 'inline')
    expect(header).toBe(`inline; filename="${'_'.repeat(127)}"; filename*=UTF-8''${'%C3%A9'.repeat(127)}`)
  })
})

describe('safeMimeType', () => {
  it.each([
    ['image/png', 'image/png'],
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
    ['application/vnd.ms-excel.sheet.macroEnabled.12', 'application/vnd.ms-excel.sheet.macroEnabled.12'],
    ['', 'application/octet-stream'],
    ['image', 'application/octet-stream'],
    ['image/png\r\nx-oss-object-acl: public-read', 'application/octet-stream'],
    ['image/*', 'application/octet-stream'],
    ['text/html;<script>', 'application/octet-stream'],
  ])('%j is stored as %j', (type, stored) => {
    expect(safeMimeType(type)).toBe(stored)
  })
})
