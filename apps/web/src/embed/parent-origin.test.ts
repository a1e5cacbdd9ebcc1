import { expect, it } from 'vitest'
import { parentOriginOf } from './parent-origin.ts'

it.each([
  ['?parent=https://shop.example', 'https://shop.example'],
  ['?lang=en&parent=http%3A%2F%2Flocalhost%3A8080', 'http://localhost:8080'],
  ['', undefined],
  ['?parent=*', undefined],
  ['?parent=null', undefined],
  ['?parent=/', undefined],
  ['?parent=https://shop.example/', undefined],
  ['?parent=https://shop.example/page', undefined],
  ['?parent=https://user@shop.example', undefined],
  ['?parent=HTTPS://shop.example', undefined],
  ['?parent=javascript://shop.example', undefined],
  ['?parent=file:///', undefined],
])('%j tells %s', (search, origin) => {
  expect(parentOriginOf(search)).toBe(origin)
})
