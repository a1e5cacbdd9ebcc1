import { OssError } from './oss-error.ts'

export type CallbackBodyType = 'application/x-www-form-urlencoded' | 'application/json'

/** What OSS is to do once it has stored an object. */
export interface CallbackOptions {
  /** One address, or up to five that OSS tries in order until one answers 200. */
  url: string | readonly string[]
  /** A template: `bucket=${bucket}&object=${object}&uid=${x:uid}`. */
  body: string
  /** With JSON, strings bring their own quotes: write `{"key":${object}}`. @default 'application/x-www-form-urlencoded' */
  bodyType?: CallbackBodyType
  /** `Host` of the callback request. @default the host of the URL */
  host?: string
  /** Send the server's name in the TLS handshake: most https hosts need it. @default not sent, which OSS takes for false */
  sni?: boolean
  /** Custom variables by their name without `x:`. @default none */
  variables?: Readonly<Record<string, string>>
}

/** Form fields of PostObject: `callback`, and one field `x:NAME` a variable. */
export function callbackFormFields(options: CallbackOptions): Record<string, string> {
  return { callback: encodeJson(callbackJson(options)), ...prefixed(options.variables) }
}

/** Headers of PutObject and CompleteMultipartUpload. */
export function callbackHeaders(options: CallbackOptions): Record<string, string> {
  const { callback, 'callback-var': variables } = callbackQuery(options)
  return {
    'x-oss-callback': callback ?? '',
    ...(variables === undefined ? {} : { 'x-oss-callback-var': variables }),
  }
}

/** The same as query of a signed URL; percent-encoding is up to whoever writes the URL. */
export function callbackQuery(options: CallbackOptions): Record<string, string> {
  const variables = prefixed(options.variables)
  return {
    callback: encodeJson(callbackJson(options)),
    ...(Object.keys(variables).length === 0 ? {} : { 'callback-var': encodeJson(variables) }),
  }
}

/** What an SDK takes: ready for the headers, and its parts for those SDKs that encode themselves. */
export interface CallbackParameters {
  /** `x-oss-callback` */
  callback: string
  /** `x-oss-callback-var`; an empty object where there are no variables. */
  callbackVar: string
  plain: { callback: CallbackMembers; callbackVar: Record<string, string> }
}

export interface CallbackMembers {
  callbackUrl: string
  callbackBody: string
  callbackBodyType: CallbackBodyType
  callbackHost?: string
  callbackSNI?: boolean
}

export function callbackParameters(options: CallbackOptions): CallbackParameters {
  const plain = { callback: callbackJson(options), callbackVar: prefixed(options.variables) }
  return { callback: encodeJson(plain.callback), callbackVar: encodeJson(plain.callbackVar), plain }
}

const MAX_ENCODED_BYTES = 5 * 1024

// The members' order is the one of the vendor's own SDK for this language.
function callbackJson({ url, body, bodyType, host, sni }: CallbackOptions): CallbackMembers {
  return {
    callbackUrl: typeof url === 'string' ? url : url.join(';'),
    callbackBody: body,
    ...(host === undefined ? {} : { callbackHost: host }),
    callbackBodyType: bodyType ?? 'application/x-www-form-urlencoded',
    ...(sni === undefined ? {} : { callbackSNI: sni }),
  }
}

function encodeJson(value: object): string {
  const encoded = Buffer.from(JSON.stringify(value)).toString('base64')
  if (encoded.length > MAX_ENCODED_BYTES) {
    throw new OssError({
      code: 'CallbackTooLong',
      status: 0,
      message: `The encoded callback is ${encoded.length} bytes; OSS takes at most ${MAX_ENCODED_BYTES}`,
      hint: 'Shorten the callback body or the variables: keep ids in them and the rest in your own database.',
    })
  }
  return encoded
}

function prefixed(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`x:${name}`, value]))
}
