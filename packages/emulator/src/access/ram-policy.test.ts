import { OssError } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import type { ConditionValues } from './ram-condition.ts'
import { judgeByPolicy, parseRamPolicy, parseRamPolicyText } from './ram-policy.ts'
import { matchesPattern } from './wildcard-pattern.ts'

const statement = { Effect: 'Allow', Action: 'oss:PutObject', Resource: 'acs:oss:*:*:photos/u/*' }

function judge(Statement: unknown, action: string, resource: string, conditions: ConditionValues = {}) {
  return judgeByPolicy(parseRamPolicy({ Version: '1', Statement }), {
    action,
    resource,
    region: 'cn-hangzhou',
    conditions,
  })
}

describe('a statement', () => {
  it.each([
    ['oss:PutObject', 'photos/u/1.jpg', 'allow'],
    ['oss:PutObject', 'photos/u/', 'allow'],
    ['oss:PutObject', 'photos/v/1.jpg', 'none'],
    ['oss:PutObject', 'photos', 'none'],
    ['oss:PutObject', 'other/u/1.jpg', 'none'],
    ['oss:GetObject', 'photos/u/1.jpg', 'none'],
  ] as const)('on putting below a prefix judges %s of %s: %s', (action, resource, verdict) => {
    expect(judge(statement, action, resource)).toBe(verdict)
  })

  it.each([
    ['oss:*', 'oss:GetObject', true],
    ['*', 'oss:GetObject', true],
    ['OSS:getobject', 'oss:GetObject', true],
    ['oss:Get*', 'oss:GetObjectAcl', true],
    ['oss:Get*', 'oss:PutObject', false],
    ['oss:?etObject', 'oss:GetObject', true],
    ['oss:?etObject', 'oss:PutObject', false],
    ['ecs:*', 'oss:GetObject', false],
    [['oss:PutObject', 'oss:GetObject'], 'oss:GetObject', true],
  ])('with the action %j covers %s: %s', (Action, action, covers) => {
    expect(judge({ ...statement, Action, Resource: '*' }, action, 'photos/k')).toBe(covers ? 'allow' : 'none')
  })

  it.each([
    ['*', true],
    ['acs:oss:*:*:*', true],
    ['acs:oss:*:*:photos/*', true],
    ['acs:oss:*:1746495857602745:photos/*', true],
    ['acs:oss:cn-hangzhou:*:photos/*', true],
    ['acs:oss:oss-cn-hangzhou:*:photos/*', true],
    ['acs:oss:cn-beijing:*:photos/*', false],
    ['acs:ecs:*:*:photos/*', false],
    ['acs:oss:*:*:photos/*.jpg', false],
    ['acs:oss:*:*:photos/a:b/?.txt', true],
    [['acs:oss:*:*:other', 'acs:oss:*:*:photos/a*'], true],
  ])('with the resource %j covers photos/a:b/c.txt: %s', (Resource, covers) => {
    expect(judge({ ...statement, Resource }, 'oss:PutObject', 'photos/a:b/c.txt')).toBe(covers ? 'allow' : 'none')
  })

  it('turns round with NotAction and NotResource', () => {
    const allButDelete = { Effect: 'Allow', NotAction: ['oss:Delete*'], Resource: '*' }
    expect(judge(allButDelete, 'oss:PutObject', 'photos/k')).toBe('allow')
    expect(judge(allButDelete, 'oss:DeleteObject', 'photos/k')).toBe('none')
    const elsewhere = { Effect: 'Deny', Action: '*', NotResource: 'acs:oss:*:*:photos/*' }
    expect(judge(elsewhere, 'oss:PutObject', 'photos/k')).toBe('none')
    expect(judge(elsewhere, 'oss:PutObject', 'other/k')).toBe('deny')
  })

  it('that denies wins, wherever it stands', () => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
    const secret = { Effect: 'Deny', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:photos/secret/*' }
    for (const statements of [
      [everything, secret],
      [secret, everything],
    ]) {
      expect(judge(statements, 'oss:GetObject', 'photos/secret/k')).toBe('deny')
      expect(judge(statements, 'oss:GetObject', 'photos/k')).toBe('allow')
    }
  })
})

describe('a condition', () => {
  const list = (Condition: unknown) => ({ ...statement, Action: 'oss:ListObjects', Resource: '*', Condition })

  it.each([
    [{ StringLike: { 'oss:Prefix': ['u/*', 'v/*'] } }, { 'oss:Prefix': 'v/1/' }, true],
    [{ StringLike: { 'oss:Prefix': 'u/*' } }, { 'oss:Prefix': '' }, false],
    [{ StringLike: { 'oss:Prefix': '*' } }, {}, false],
    [{ StringNotLike: { 'oss:Prefix': 'u/*' } }, { 'oss:Prefix': 'v/' }, true],
    [{ StringNotLike: { 'oss:Prefix': ['u/*', 'v/*'] } }, { 'oss:Prefix': 'v/' }, false],
    [{ StringNotLike: { 'oss:Prefix': 'u/*' } }, {}, true],
    [{ StringEquals: { 'oss:Prefix': '', 'oss:Delimiter': '/' } }, { 'oss:Prefix': '', 'oss:Delimiter': '/' }, true],
    [{ StringEquals: { 'oss:Prefix': '', 'oss:Delimiter': '/' } }, { 'oss:Prefix': '', 'oss:Delimiter': '' }, false],
    [{ StringNotEquals: { 'oss:Prefix': 'u/' } }, { 'oss:Prefix': 'u/' }, false],
    [{ StringEqualsIgnoreCase: { 'OSS:prefix': 'U/' } }, { 'oss:Prefix': 'u/' }, true],
    [{ StringNotEqualsIgnoreCase: { 'oss:Prefix': 'U/' } }, { 'oss:Prefix': 'u/' }, false],
    [{ IpAddress: { 'acs:SourceIp': ['10.0.0.1', '192.168.0.0/16'] } }, { 'acs:SourceIp': '192.168.7.7' }, true],
    [{ IpAddress: { 'acs:SourceIp': '10.0.0.1' } }, { 'acs:SourceIp': '10.0.0.2' }, false],
    [{ IpAddress: { 'acs:SourceIp': '::1/128' } }, { 'acs:SourceIp': '127.0.0.1' }, false],
    [{ NotIpAddress: { 'acs:SourceIp': '10.0.0.0/8' } }, { 'acs:SourceIp': '10.1.2.3' }, false],
    [{ Bool: { 'acs:SecureTransport': 'true' } }, { 'acs:SecureTransport': 'false' }, false],
    [{ Bool: { 'acs:SecureTransport': false } }, { 'acs:SecureTransport': 'false' }, true],
    [
      { StringLike: { 'oss:Prefix': 'u/*' }, IpAddress: { 'acs:SourceIp': '10.0.0.1' } },
      { 'oss:Prefix': 'u/', 'acs:SourceIp': '10.0.0.2' },
      false,
    ],
  ])('%j of %j is met: %s', (condition, values, isMet) => {
    expect(judge(list(condition), 'oss:ListObjects', 'photos', values)).toBe(isMet ? 'allow' : 'none')
  })
})

describe('bad grammar', () => {
  it.each([
    ['it is no JSON', '{"Version":'],
    ['no object', 'null'],
    ['no object', '[]'],
    ['Version', { Statement: statement }],
    ['Version', { Version: 1, Statement: statement }],
    ['Version', { Version: '2012-10-17', Statement: statement }],
    ['unknown member Id', { Version: '1', Id: 'x', Statement: statement }],
    ['no object', { Version: '1' }],
    ['Statement is empty', { Version: '1', Statement: [] }],
    ['no object', { Version: '1', Statement: ['Allow'] }],
    ['unknown member Principal', { Version: '1', Statement: { ...statement, Principal: '*' } }],
    ['Effect', { Version: '1', Statement: { ...statement, Effect: 'allow' } }],
    ['Action or NotAction', { Version: '1', Statement: { Effect: 'Allow', Resource: '*' } }],
    ['Action or NotAction', { Version: '1', Statement: { ...statement, NotAction: 'oss:*' } }],
    ['Resource or NotResource', { Version: '1', Statement: { Effect: 'Allow', Action: '*' } }],
    ['Action is empty', { Version: '1', Statement: { ...statement, Action: [] } }],
    ['Action 7 is no text', { Version: '1', Statement: { ...statement, Action: [7] } }],
    ['action PutObject', { Version: '1', Statement: { ...statement, Action: 'PutObject' } }],
    ['resource photos', { Version: '1', Statement: { ...statement, Resource: 'photos/*' } }],
    ['resource arn', { Version: '1', Statement: { ...statement, Resource: 'arn:aws:s3:::photos' } }],
    ['resource acs:oss:*:bob', { Version: '1', Statement: { ...statement, Resource: 'acs:oss:*:bob:photos' } }],
    ['DateLessThan is not implemented', { Version: '1', Statement: { ...statement, Condition: { DateLessThan: {} } } }],
    ['constructor', { Version: '1', Statement: { ...statement, Condition: { constructor: {} } } }],
    [
      'acs:CurrentTime',
      { Version: '1', Statement: { ...statement, Condition: { StringLike: { 'acs:CurrentTime': '' } } } },
    ],
    [
      '"10.0.0.0/33"',
      { Version: '1', Statement: { ...statement, Condition: { IpAddress: { 'acs:SourceIp': '10.0.0.0/33' } } } },
    ],
    ['"maybe"', { Version: '1', Statement: { ...statement, Condition: { Bool: { 'acs:SecureTransport': 'maybe' } } } }],
    ['made of objects', { Version: '1', Statement: { ...statement, Condition: ['StringLike'] } }],
    ['made of objects', { Version: '1', Statement: { ...statement, Condition: { StringLike: 'u/*' } } }],
  ])('is refused for %s: %j', (reason, document) => {
    const text = typeof document === 'string' ? document : JSON.stringify(document)
    expect(() => parseRamPolicyText(text)).toThrow(OssError)
    expect(() => parseRamPolicyText(text)).toThrow(
      expect.objectContaining({
        code: 'InvalidParameter.PolicyGrammar',
        status: 400,
        message: expect.stringContaining(reason),
      }),
    )
  })
})

describe('a pattern', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['?', '', false],
    ['?', '猫', true],
    ['?', '😀', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['*ab', 'aab', true],
    ['*a?', 'aXaY', true],
    ['a**', 'a', true],
    ['(a|b)+.$', '(a|b)+.$', true],
    ['a.c', 'abc', false],
  ])('%j matches %j: %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches)
  })

  it('of nothing but stars ends in time on a long text', () => {
    // Tried in every order, this would outlast the test, and everybody.
    expect(matchesPattern(`${'*a'.repeat(1000)}b`, 'a'.repeat(1023))).toBe(false)
  })
})
