import { version } from 'react'
import { version as domVersion } from 'react-dom'
import { expect, it } from 'vitest'
import { server } from 'vitest/browser'

it('is the one that this run is about', () => {
  const major = server.config.name?.startsWith('react-18') ? '18' : '19'
  expect([version, domVersion].map((known) => known.split('.')[0])).toEqual([major, major])
})
