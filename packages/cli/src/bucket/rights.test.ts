import { describe, expect, it } from 'vitest'
import { administrator, examine, goodRule, keysLeft, serverKey, startOss, variablesOf } from '../../test/stage.ts'

describe('what is wrong with the rights of the key', () => {
  const unwellWith = async (actions: string[], resource?: string) => {
    const oss = await startOss({ accessKeys: [serverKey(actions, resource), administrator] })
    const { unwell } = await examine(variablesOf(oss))
    return { unwell, left: await keysLeft(oss) }
  }

  it('it may do everything', async () => {
    const { unwell } = await unwellWith(['oss:*'], '*')
    expect(unwell).toEqual([
      expect.stringMatching(/^warning lifecycle: No lifecycle rule drops the unfinished parts of demo\//),
      expect.stringMatching(
        /^warning rights: The key may do more than the server needs: list all keys of the bucket, list the account's buckets, read the bucket's ACL, read the bucket's policy, read objects outside of demo\/\. Give the server a RAM user/,
      ),
    ])
  })

  it('it is good for the whole bucket', async () => {
    const { unwell } = await unwellWith(
      ['oss:PutObject', 'oss:GetObject', 'oss:DeleteObject', 'oss:ListParts', 'oss:AbortM*'],
      'photos/*',
    )
    expect(unwell).toEqual([expect.stringContaining('than the server needs: read objects outside of demo/.')])
  })

  it('it may not write', async () => {
    const { unwell } = await unwellWith([
      'oss:GetObject',
      'oss:DeleteObject',
      'oss:ListParts',
      'oss:AbortMultipartUpload',
    ])
    expect(unwell).toEqual([
      expect.stringMatching(/^wrong form: A form is not taken: AccessDenied.*needs oss:PutObject/),
      expect.stringMatching(/^warning parts: The key may not do oss:PutObject/),
    ])
  })

  it('it may not read', async () => {
    const { unwell, left } = await unwellWith([
      'oss:PutObject',
      'oss:DeleteObject',
      'oss:ListParts',
      'oss:AbortMultipartUpload',
    ])
    expect(unwell).toEqual([expect.stringMatching(/^wrong form: .*cannot be asked for: .*needs oss:GetObject/)])
    expect(left).toEqual([])
  })

  it('it may not remove: what stays is named', async () => {
    const { unwell, left } = await unwellWith([
      'oss:PutObject',
      'oss:GetObject',
      'oss:ListParts',
      'oss:AbortMultipartUpload',
    ])
    expect(unwell).toEqual([
      expect.stringMatching(/^wrong cleanup: http.*-form.txt could not be removed: .*oss:DeleteObject/),
    ])
    expect(left).toHaveLength(1)
  })

  it('it may not look at parts', async () => {
    const { unwell } = await unwellWith(['oss:PutObject', 'oss:GetObject', 'oss:DeleteObject'])
    expect(unwell).toEqual([
      expect.stringMatching(/^warning parts: The key may not do oss:ListParts, oss:AbortMultipartUpload\..*multipart/),
    ])
  })

  it('a bucket that everybody reads', async () => {
    const keys = { accessKeys: [serverKey(['oss:*'], '*'), administrator] }
    const oss = await startOss({ ...keys, buckets: [{ name: 'photos', acl: 'public-read', cors: [goodRule] }] })
    expect((await examine(variablesOf(oss))).unwell).toContainEqual(
      expect.stringMatching(/^wrong rights: The bucket is public-read: everybody reads what was uploaded/),
    )
  })
})
