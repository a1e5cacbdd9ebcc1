import { describe, expect, it } from 'vitest'
import { environmentCredentials } from './credentials.ts'

describe('environmentCredentials', () => {
  it('reads lasting and temporary ones', async () => {
    const environment = { OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: 'secret' }
    expect(await environmentCredentials(environment)()).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret' })
    expect(await environmentCredentials({ ...environment, OSS_SESSION_TOKEN: 'token' })()).toEqual({
      accessKeyId: 'id',
      accessKeySecret: 'secret',
      securityToken: 'token',
    })
  })

  it.each([
    [{}, 'OSS_ACCESS_KEY_ID is not set'],
    [{ OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: '' }, 'OSS_ACCESS_KEY_SECRET is not set'],
  ])('says at once what is missing in %j', (environment, message) => {
    expect(() => environmentCredentials(environment)).toThrow(
      expect.objectContaining({ code: 'CredentialsMissing', message, hint: expect.any(String) }),
    )
  })
})
