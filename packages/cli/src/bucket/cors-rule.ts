import type { XmlElement } from '@oss-direct/oss'

/** What a page has to be allowed. `PUT` is for files in parts; forms are sent by `POST`. */
export const PAGE_METHODS = ['POST', 'PUT'] as const

/** What a page wants to read of an answer, and what it is without. */
export const EXPOSED: Readonly<Record<string, string>> = {
  'x-oss-request-id': 'a failed upload cannot be looked up at OSS',
  'Retry-After': 'a busy OSS is asked again before its time',
  ETag: "the vendor's SDK cannot send parts from a page",
}

/** Origins that the rules do not allow all of it. OSS goes by the first rule that fits a request, and no other. */
export function corsGaps(document: XmlElement | undefined, origins: readonly string[]): string[] {
  const rules = (document?.children ?? []).filter(({ name }) => name === 'CORSRule')
  return origins.filter((origin) =>
    PAGE_METHODS.some((method) => {
      const rule = rules.find(
        (each) =>
          textsOf(each, 'AllowedOrigin').some((pattern) => fits(pattern, origin)) &&
          textsOf(each, 'AllowedMethod').includes(method),
      )
      const exposed = rule && textsOf(rule, 'ExposeHeader').map((name) => name.toLowerCase())
      return !exposed || Object.keys(EXPOSED).some((name) => !exposed.includes(name.toLowerCase()))
    }),
  )
}

/** The same document with a rule for these origins in front: behind another one that fits it would never be looked at. */
export function withCorsRule(document: XmlElement | undefined, origins: readonly string[]): XmlElement {
  const rule = element('CORSRule', [
    ...origins.map((origin) => element('AllowedOrigin', origin)),
    ...PAGE_METHODS.map((method) => element('AllowedMethod', method)),
    element('AllowedHeader', '*'),
    ...Object.keys(EXPOSED).map((name) => element('ExposeHeader', name)),
    element('MaxAgeSeconds', '600'),
  ])
  return element('CORSConfiguration', [rule, ...(document?.children ?? [])])
}

export function element(name: string, content: string | XmlElement[]): XmlElement {
  return typeof content === 'string' ? { name, text: content, children: [] } : { name, text: '', children: content }
}

function textsOf(rule: XmlElement, name: string): string[] {
  return rule.children.filter((child) => child.name === name).map(({ text }) => text.trim())
}

function fits(pattern: string, origin: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return pattern === origin
  return origin.length >= before.length + after.length && origin.startsWith(before) && origin.endsWith(after)
}
