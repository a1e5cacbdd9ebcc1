import { bucketAddress, createBucketClient, staticCredentials, writeXmlElement } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { administrator, goodRule, page, run, startOss, variablesOf } from '../../test/stage.ts'
import { element } from './cors-rule.ts'

type Oss = Awaited<ReturnType<typeof startOss>>

const { accessKeyId, accessKeySecret } = administrator
const asAdministrator = (oss: Oss, more: Record<string, string> = {}) =>
  variablesOf(oss, { OSS_ACCESS_KEY_ID: accessKeyId, OSS_ACCESS_KEY_SECRET: accessKeySecret, ...more })

function clientOf(oss: Oss) {
  const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', endpoint: oss.origin })
  return createBucketClient({ address, credentials: staticCredentials(administrator) })
}

async function configurationOf(oss: Oss, name: 'cors' | 'lifecycle') {
  const document = await clientOf(oss).readConfiguration(name)
  return document && writeXmlElement(document)
}

const bare = () => startOss({ buckets: [{ name: 'photos' }] })

describe('oss-direct setup', () => {
  it('shows the rules that a bucket lacks and the policy of the key, and changes nothing', async () => {
    const oss = await bare()
    const { code, written } = await run(['setup', '--prefix', 'avatar/', '--prefix', 'demo/'], asAdministrator(oss))
    expect(code).toBe(0)
    expect(written).toContain(`CORS rule: to be set, 0 rules there.

+ <CORSRule>
+   <AllowedOrigin>${page}</AllowedOrigin>
+   <AllowedMethod>POST</AllowedMethod>
+   <AllowedMethod>PUT</AllowedMethod>
+   <AllowedHeader>*</AllowedHeader>
+   <ExposeHeader>x-oss-request-id</ExposeHeader>
+   <ExposeHeader>Retry-After</ExposeHeader>
+   <ExposeHeader>ETag</ExposeHeader>
+   <MaxAgeSeconds>600</MaxAgeSeconds>
+ </CORSRule>
`)
    expect(written).toContain('+   <ID>oss-direct unfinished parts of avatar/</ID>\n+   <Prefix>avatar/</Prefix>')
    expect(written).toContain('"acs:oss:*:*:photos/avatar/*",\n        "acs:oss:*:*:photos/demo/*"')
    expect(written).toContain('Nothing was changed: --apply sets the rules above.')
    expect([await configurationOf(oss, 'cors'), await configurationOf(oss, 'lifecycle')]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('sets them with --apply, so that the doctor finds nothing wrong, and has nothing to do after that', async () => {
    const oss = await bare()
    expect((await run(['setup', '--apply'], asAdministrator(oss))).written).toMatch(/^CORS rule: set, 0 rules there\./)
    const { code, written } = await run(['doctor'], asAdministrator(oss))
    expect(code).toBe(0)
    expect(written).toMatch(/^ok +cors +https:\/\/app\.example\.com may send files in parts/m)
    expect(written).toMatch(/^ok +lifecycle +A rule drops parts that are never completed$/m)
    const again = (await run(['setup', '--apply'], asAdministrator(oss))).written
    expect(again).toContain('CORS rule: nothing to do, 1 rule there.')
    expect(again).toContain('lifecycle rule for unfinished parts: nothing to do, 1 rule there.')
    expect(again).not.toContain('Nothing was changed')
  })

  it('keeps the rules that are there, whatever is in them, and puts its own where it counts', async () => {
    // It fits, comes first, and exposes nothing: OSS would go by it and by no other.
    const old = { ...goodRule, allowedOrigins: ['https://*.example.com'], exposeHeaders: [] }
    const oss = await startOss({ buckets: [{ name: 'photos', cors: [old] }] })
    const rule = element('Rule', [
      element('ID', 'old logs'),
      element('Prefix', 'logs/'),
      element('Status', 'Enabled'),
      element('Expiration', [element('Days', '30')]),
      element('Tag', [element('Key', 'a&b'), element('Value', '1')]),
    ])
    await clientOf(oss).writeConfiguration('lifecycle', element('LifecycleConfiguration', [rule]))
    const { written } = await run(['setup', '--apply'], asAdministrator(oss))
    expect(written).toMatch(/^CORS rule: set, 1 rule there kept\.$/m)
    expect(await configurationOf(oss, 'cors')).toMatch(
      /^<CORSConfiguration><CORSRule><AllowedOrigin>https:\/\/app\.example\.com<.*<CORSRule><AllowedOrigin>https:\/\/\*\.example\.com</,
    )
    const lifecycle = await configurationOf(oss, 'lifecycle')
    expect(lifecycle).toContain(writeXmlElement(rule))
    expect(lifecycle).toContain('<AbortMultipartUpload><Days>7</Days></AbortMultipartUpload>')
    expect((await run(['doctor'], asAdministrator(oss))).code).toBe(0)
  })

  it.each([
    ['of the whole bucket', [element('Prefix', '')], true],
    ['of a prefix of the prefix', [element('Prefix', 'de')], true],
    ['without a prefix', [], true],
    ['of another prefix', [element('Prefix', 'demo/a')], false],
    ['for tagged objects', [element('Tag', [element('Key', 'a'), element('Value', 'b')])], false],
  ])('takes a lifecycle rule %s for what it is', async (_what, more, isEnough) => {
    const oss = await startOss()
    const days = element('AbortMultipartUpload', [element('Days', '3')])
    const rule = element('Rule', [element('ID', 'x'), ...more, element('Status', 'Enabled'), days])
    await clientOf(oss).writeConfiguration('lifecycle', element('LifecycleConfiguration', [rule]))
    const { written } = await run(['setup'], asAdministrator(oss))
    expect(written.includes('unfinished parts: nothing to do')).toBe(isEnough)
  })

  it('sets no lifecycle rule by one that is switched off', async () => {
    const oss = await startOss()
    const days = element('AbortMultipartUpload', [element('Days', '3')])
    const rule = element('Rule', [element('Prefix', ''), element('Status', 'Disabled'), days])
    await clientOf(oss).writeConfiguration('lifecycle', element('LifecycleConfiguration', [rule]))
    expect((await run(['setup'], asAdministrator(oss))).written).toContain(
      'unfinished parts: to be set, 1 rule there kept',
    )
  })

  it('writes JSON', async () => {
    const oss = await bare()
    const { written } = await run(['setup', '--json'], asAdministrator(oss))
    expect(JSON.parse(written)).toMatchObject({
      applied: false,
      configurations: [
        { name: 'cors', kept: 0, added: [expect.stringMatching(/^<CORSRule>/)] },
        { name: 'lifecycle', kept: 0, added: [expect.stringMatching(/^<Rule>/)] },
      ],
      ramPolicy: { Version: '1', Statement: [{ Resource: ['acs:oss:*:*:photos/demo/*'] }] },
    })
  })

  it('cannot with the key of the server, and says whose it takes: exit code 1', async () => {
    const { code, written, complaints } = await run(['setup'], variablesOf(await startOss()))
    expect([code, written]).toEqual([1, ''])
    expect(complaints).toMatch(
      /^The cors configuration of the bucket cannot be read: AccessDenied.* It takes oss:GetBucketCors/,
    )
    expect(complaints).toContain('run setup with the key of an administrator')
  })

  it('says what OSS makes of an eleventh rule: exit code 1', async () => {
    const cors = Array.from({ length: 10 }, (_, at) => ({ ...goodRule, allowedOrigins: [`https://${at}.example`] }))
    const oss = await startOss({ buckets: [{ name: 'photos', cors }] })
    const { code, complaints } = await run(['setup', '--apply'], asAdministrator(oss))
    expect([code, complaints]).toEqual([1, expect.stringMatching(/cannot be set: InvalidArgument: .*1 to 10 rules/)])
  })
})
