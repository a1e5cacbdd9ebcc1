import { expect, it } from 'vitest'
import { captureTypes } from './capture-types.ts'

it.each([
  [undefined, undefined],
  [[], 'image/*,video/*'],
  [['image/*'], 'image/*'],
  [['image/jpeg'], 'image/*'],
  [['.jpg', 'video/*'], 'image/*,video/*'],
  [['image/png'], undefined],
  [['.pdf'], undefined],
])('a route that takes %j asks the camera for %j', (accept, wanted) => {
  expect(captureTypes(accept)).toBe(wanted)
})
