import { describe, expect, it } from 'vitest'
import { judgeDrag } from './drag-verdict.ts'

describe('files held over the page', () => {
  it.each([
    ['a route that takes everything', [], ['', 'application/zip'], 'accept'],
    ['all of an accepted type', ['image/*'], ['image/png', 'image/jpeg'], 'accept'],
    ['none of an accepted type', ['image/*'], ['application/zip'], 'reject'],
    ['a mixture, sorted out after the drop', ['image/*'], ['image/png', 'application/zip'], 'unknown'],
    ['a type the browser does not tell', ['image/*'], [''], 'unknown'],
    ['rules by extension, which is not told either', ['.pdf'], ['application/pdf'], 'unknown'],
  ] as const)('%s', (_case, accept, types, verdict) => {
    expect(judgeDrag(types, { accept: [...accept] })).toBe(verdict)
  })

  it('are unknown before the rules are', () => {
    expect(judgeDrag(['image/png'], undefined)).toBe('unknown')
  })
})
