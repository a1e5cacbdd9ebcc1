import { describe, expect, it } from 'vitest'
import { errorToXml, OssError, ossError, readOssError } from './oss-error.ts'
import { OSS_ERRORS } from './oss-error-table.ts'
import { readJson, readVectors } from './vector.fixture.ts'

interface CatalogueRow {
  area: string
  status: number
  code: string
  message: string | null
  ec: string | null
  notes?: string
}
interface Capture {
  expected: { status: number; headers: Record<string, string>; decoded?: string }
}

const catalogue = (readJson('errors.json') as { errors: CatalogueRow[] }).errors
const rows: { status: number; code: string; message: string; ec?: string }[] = Object.values(OSS_ERRORS)

describe('the table of errors', () => {
  // These carry values of the request; whoever throws them writes the text, and the tests of policy and callback read it.
  const filledIn =
    /^(Invalid Policy: Invalid JSON: |Invalid according to Policy: (Policy Condition|Extra)|Error status : )/

  it.each(catalogue.map((row) => ({ ...row, name: `${row.code} ${row.ec ?? row.message ?? row.notes}` })))(
    'knows $name',
    ({ status, code, message, ec }) => {
      // In brackets stands the only operation that gives this number.
      const wantedEc = ec?.endsWith(')') ? null : ec
      const wantedMessage = message !== null && filledIn.test(message) ? null : message
      const found = rows.filter((row) => {
        if (row.status !== status || row.code !== code) return false
        return (wantedEc === null || row.ec === wantedEc) && (wantedMessage === null || row.message === wantedMessage)
      })
      expect(found.length).toBeGreaterThan(0)
    },
  )

  it('has an EC of OSS, or none, in every row', () => {
    const listed = new Set(catalogue.map(({ ec }) => ec))
    // Documented apart from the catalogue: members of a policy beside its two, and what RAM and session policies deny.
    for (const ec of ['0006-00000206', '0003-00000201', '0003-00000301']) listed.add(ec)
    // A header or a parameter that is missing, and a symlink that leads nowhere.
    for (const ec of ['0016-00000606', '0016-00000501', '0026-00000012']) listed.add(ec)
    // Of multipart uploads: the page of each is in the OSS help, "EC error codes".
    for (const ec of ['0017-00000219', '0017-00000220', '0017-00000244', '0042-00000213']) listed.add(ec)
    listed.add('0042-00000214')
    expect(rows.flatMap(({ ec }) => (ec === undefined || listed.has(ec) ? [] : [ec]))).toEqual([])
  })
})

describe('an error as XML', () => {
  const capture = readVectors<Capture>('wire-captures.json').find(({ id }) => id === 'head-404-x-oss-err')
  const { decoded = '', headers = {} } = capture?.expected ?? {}
  const requestId = '566B6C3D6086505A0CFF0F68'
  const hostId = 'ming-oss-share.oss-cn-hangzhou.aliyuncs.com'
  const { ec: _ec, ...beforeEcNumbers } = OSS_ERRORS.NoSuchKey

  it('is byte for byte what OSS once sent', () => {
    const error = new OssError({ ...beforeEcNumbers, details: { Key: 'sbowspxjhmccpmesjqcwagfw' } })
    expect(decoded).toContain('\r\n')
    expect(errorToXml(error, { requestId, hostId })).toBe(decoded)
    expect(Buffer.from(decoded).toString('base64')).toBe(headers['x-oss-err'])
  })

  it('of HEAD is read from its header', () => {
    const error = readOssError({ status: 404, headers: new Headers(headers), body: '' })
    expect(error).toMatchObject({
      code: 'NoSuchKey',
      status: 404,
      message: 'The specified key does not exist.',
      requestId,
      hostId,
      details: { Key: 'sbowspxjhmccpmesjqcwagfw' },
    })
  })

  it('comes back whole, with whatever a key may contain', () => {
    const details = { Key: `<b>&"'猫` }
    const xml = errorToXml(ossError('WrongRegion', { details }), { requestId: 'R', hostId: 'h' })
    expect(xml).not.toContain('<b>')
    expect(readOssError({ status: 400, headers: new Headers(), body: xml })).toMatchObject({
      code: 'InvalidArgument',
      ec: '0002-00000226',
      requestId: 'R',
      details,
    })
  })
})

describe('an answer that is no XML of OSS', () => {
  it.each(['', '<html><body>Bad Gateway</body></html>', '<Error><Code>', 'no'])('still is an error: %j', (body) => {
    const headers = new Headers({ 'x-oss-request-id': 'R', 'x-oss-ec': '0001-1' })
    expect(readOssError({ status: 502, headers, body })).toMatchObject({
      code: 'HttpStatus502',
      status: 502,
      message: 'OSS answered 502 without saying why',
      requestId: 'R',
      ec: '0001-1',
    })
  })
})
