import { randomBytes } from 'node:crypto'
import type { StoredUpload } from '@oss-direct/server'

export const OWNERS = 20
export const BETWEEN_MS = 2000
const STARTED_AT = Date.now() - 30 * 24 * 60 * 60_000

/** The owners take turns, so that records of one of them lie far from each other. */
export const ownerOf = (index: number) => `owner-${index % OWNERS}`
export const createdAtOf = (index: number) => new Date(STARTED_AT + index * BETWEEN_MS)

/** The record that is granted at the place `index` of all. */
export function newUpload(index: number, status: 'settled' | 'granted' = 'settled'): StoredUpload {
  const id = randomBytes(16).toString('hex')
  const createdAt = createdAtOf(index)
  const type = 'image/jpeg'
  return {
    id,
    owner: ownerOf(index),
    account: ownerOf(index),
    caller: { id: ownerOf(index) },
    route: 'photo',
    bucket: 'uploads',
    key: `photo/${id}.jpg`,
    transport: 'post',
    file: { name: `holiday-${index}.jpg`, size: 2_000_000, type },
    mimeType: type,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 900_000),
    acceptedUntil: new Date(createdAt.getTime() + 87_300_000),
    status,
    attempts: 0,
    ...(status === 'granted' ? { dueAt: new Date(createdAt.getTime() + 960_000) } : {}),
  }
}
