import { expect, it } from 'vitest'
import { addressOf, viewAt } from './navigation.tsx'

it.each([
  ['/', { name: 'upload' }],
  ['/records/r%2F1', { name: 'record', id: 'r/1' }],
  ['/records/%', { name: 'record', id: '%' }],
  ['/embed', { name: 'embed' }],
  ['/embed/', { name: 'embed' }],
  ['/faults', { name: 'faults' }],
  ['/records', { name: 'unknown' }],
  ['/records/1/2', { name: 'unknown' }],
  ['/embed/me', { name: 'unknown' }],
  ['/elsewhere', { name: 'unknown' }],
  ['//evil.example', { name: 'unknown' }],
])('%s is the view %j', (pathname, view) => {
  expect(viewAt(pathname)).toEqual(view)
})

it('every view is found again under its own address', () => {
  for (const view of [
    { name: 'upload' },
    { name: 'record', id: 'a/b c' },
    { name: 'embed' },
    { name: 'faults' },
  ] as const) {
    expect(viewAt(addressOf(view))).toEqual(view)
  }
})
