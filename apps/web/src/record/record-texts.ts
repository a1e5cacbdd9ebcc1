import type { Evidence } from '@oss-direct/shared'
import type { PolicyTopic } from './policy-lines.ts'

/** What a condition holds the uploader to, and what goes wrong where it is missing. */
export interface LineText {
  binds(first: string, second: string): string
  stops: string
}

export interface RecordTexts {
  back: string
  loading: string
  notFound: string
  notFoundHint: string
  failed: string
  facts: Record<
    'id' | 'route' | 'key' | 'type' | 'size' | 'etag' | 'crc64' | 'created' | 'settled' | 'evidence',
    string
  >
  factsTitle: string
  evidence: Record<Evidence, string>
  copyRecord: string

  traceLoading: string
  traceOff: string
  traceOffHint: string
  traceEmpty: string
  traceEmptyHint: string
  traceFailed: string

  timeline: string
  timelineHint: string
  raw: string
  copy: string
  copyTrace: string
  hidden: string

  policy: string
  policyHint: string
  stops: string
  lines: Record<PolicyTopic, LineText>

  signature: string
  signatureHint: string
  fields: Record<string, string>

  plan: string
  planHint: string
  planFacts(parts: string, size: string): string

  callback: string
  callbackHint: string
  noCallback: string
  parameter: Record<'url' | 'host' | 'sni' | 'bodyType' | 'body', string>
  sni(isOn: boolean): string
  template: string
  templateFrom: Record<'oss' | 'variable' | 'literal' | 'ticket', string>

  sent: string
  sentNth(number: number): string
  sentHint: string
  notSent: string
  verifiedBy(keyUrl: string): string
  headers: string
  headerMeanings: Record<string, string>
  body: string

  answered: string
  answeredHint: string
  answeredElsewhere: string
  refusedWith(code: string): string
  refusedMeans: string
  applicationFailed: string
  notAnswered: string

  events: {
    granted: string
    grantedParts(count: string): string
    callbackReceived: string
    asked(evidence: string): string
    found(size: string): string
    notFound: string
    answered: string
    failed(reason: string): string
    callbackAnswered(status: string): string
    callbackRefused(code: string): string
    partsBegun: string
    partsSigned(count: string, held: string): string
    partsListed(count: string): string
    partsCompleted(count: string, size: string): string
    partsAborted: string
  }
}
