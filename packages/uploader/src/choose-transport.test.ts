import type { Transport } from '@oss-direct/shared'
import { describe, expect, it } from 'vitest'
import { chooseTransport } from './choose-transport.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const both: Transport[] = ['post', 'multipart']

describe('the transport of a file', () => {
  it.each<
    [what: string, size: number, above: number, allowed: Transport[] | undefined, expected: 'post' | 'multipart']
  >([
    ['an empty file', 0, 64 * MIB, both, 'post'],
    ['at the threshold', 64 * MIB, 64 * MIB, both, 'post'],
    ['a byte above it', 64 * MIB + 1, 64 * MIB, both, 'multipart'],
    ['whatever the order of preference', MIB, 64 * MIB, ['multipart', 'post'], 'post'],
    ['5 GB with a threshold that is higher', 5 * GIB, 100 * GIB, both, 'post'],
    ['more than 5 GB with a threshold that is higher', 5 * GIB + 1, 100 * GIB, both, 'multipart'],
    ['large, where forms alone are allowed', GIB, 64 * MIB, ['post'], 'post'],
    ['small, where parts alone are allowed', 1, 64 * MIB, ['multipart', 'sts'], 'multipart'],
    ['small, where neither is', 1, 64 * MIB, ['sts', 'put'], 'post'],
    ['large, without rules', GIB, 64 * MIB, undefined, 'multipart'],
    ['small, without rules', 1, 64 * MIB, undefined, 'post'],
  ])('%s', (_what, size, multipartAbove, allowed, expected) => {
    expect(chooseTransport({ size, multipartAbove, allowed })).toBe(expected)
  })
})
