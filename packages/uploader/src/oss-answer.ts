import type { OssFacts } from '@oss-direct/shared'
import type { TransportAnswer } from './transport.ts'

/**
 * What OSS said in its error XML. Elements are picked by name: OSS writes them flat, and a whole XML parser would weigh more
 * than the rest of this package.
 */
export function readOssFacts({ status, body, header }: TransportAnswer): OssFacts & { message: string } {
  const element = (name: string) => {
    const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
    return text === undefined ? undefined : unescapeXml(text)
  }
  const ec = element('EC') ?? header('x-oss-ec')
  const requestId = element('RequestId') ?? header('x-oss-request-id')
  return {
    code: element('Code') ?? `HttpStatus${status}`,
    message: element('Message') ?? `status ${status} without a reason`,
    ...(ec === undefined ? {} : { ec }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}
