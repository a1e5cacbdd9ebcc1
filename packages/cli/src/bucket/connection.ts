import { type BucketAddress, type OssClient, OssError } from '@oss-direct/oss'
import { type Finding, reporter } from './finding.ts'
import type { BucketSettings } from './settings.ts'
import { clientsOf, describeError, isRefusal } from './site.ts'

/** What came of asking one address for an object that is not there. */
interface Knock {
  /** The variable that chooses the address. */
  variable: string
  address: BucketAddress
  objects: OssClient
  error: OssError | undefined
}

const settingsReport = reporter('settings')
const credentials = reporter('credentials')
const clock = reporter('clock')
const bucket = reporter('bucket')

/**
 * Asks both addresses of the bucket for `key`, which needs no right but `oss:GetObject`: key, secret, region, clock and bucket
 * all show in the answer. Gives the address to go on with; undefined where there is none.
 */
export async function* checkConnection(
  settings: BucketSettings,
  key: string,
): AsyncGenerator<Finding, BucketAddress | undefined> {
  for (const mistake of settings.mistakes) {
    yield settingsReport.wrong(mistake, 'Set OSS_REGION to the region of the bucket, and its endpoints to that region.')
  }
  const knocks = await knockEverywhere(settings, key)
  if (knocks instanceof Error) {
    yield credentials.wrong(
      `STS gives no credentials of the role: ${describeError(knocks)}`,
      'Check OSS_ROLE_ARN, and that the key may call sts:AssumeRole for it.',
    )
    return undefined
  }
  const answered = knocks.filter(({ error }) => error?.code !== 'NetworkError')
  const elsewhere = answered.find(({ error }) => error && isElsewhere(error))
  if (elsewhere?.error) yield wrongRegion(settings, elsewhere.error)
  else if (answered.length > 0 && settings.mistakes.length === 0) {
    yield settingsReport.ok(`OSS_REGION ${settings.publicAddress.region} and the endpoints belong together`)
  }
  const [first] = answered
  yield first ? judgeClock(first.objects) : clock.skipped('no answer came that has a time')
  yield judgeCredentials(answered)
  for (const knock of knocks) yield judgeBucket(knock, settings)
  return answered.find(({ error }) => error === undefined || isAnswerOfBucket(error))?.address
}

async function knockEverywhere(settings: BucketSettings, key: string): Promise<Knock[] | OssError> {
  try {
    await settings.credentials()
  } catch (error) {
    if (error instanceof OssError) return error
    throw error
  }
  const { internalAddress, publicAddress } = settings
  const places = [
    { variable: 'OSS_INTERNAL_ENDPOINT', address: internalAddress },
    { variable: 'OSS_ENDPOINT or OSS_CNAME', address: publicAddress },
  ].filter(({ address }, at) => at === 1 || address.url !== publicAddress.url)
  return Promise.all(
    places.map(async (place) => {
      const { objects } = clientsOf(settings, place.address)
      try {
        await objects.head(key)
        return { ...place, objects, error: undefined }
      } catch (error) {
        if (error instanceof OssError) return { ...place, objects, error }
        throw error
      }
    }),
  )
}

/** The server learns OSS's clock from its answers; its records, sessions and tickets go by the machine's all the same. */
function judgeClock(objects: OssClient): Finding {
  const aheadMs = Date.now() - objects.now().getTime()
  const minutes = Math.abs(aheadMs) / 60_000
  const why = `The clock of this machine is ${formatSpan(minutes)} ${aheadMs > 0 ? 'ahead of' : 'behind'} OSS's`
  const fix = 'Set it by NTP.'
  if (minutes >= 15) return clock.wrong(`${why}; from 15 minutes OSS refuses what it signs`, fix)
  if (minutes >= 1) return clock.warning(why, fix)
  return clock.ok("The clock of this machine agrees with OSS's")
}

function formatSpan(minutes: number): string {
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`
}

const CREDENTIAL_FIXES: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'The key is unknown or disabled: check OSS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'OSS_ACCESS_KEY_SECRET is not the secret of OSS_ACCESS_KEY_ID.',
  SecurityTokenExpired: 'The temporary credentials have ended: make new ones.',
  InvalidSecurityToken: 'OSS_SESSION_TOKEN is not the token of OSS_ACCESS_KEY_ID.',
}

function judgeCredentials(answered: readonly Knock[]): Finding {
  const refusals = answered.flatMap(({ error }) => (error && CREDENTIAL_FIXES[error.code] ? [error] : []))
  const [refused] = refusals
  if (refused) return credentials.wrong(describeError(refused), CREDENTIAL_FIXES[refused.code] ?? '')
  // Of a bucket that is elsewhere, or not there, OSS does not say whether it looked at the signature.
  const judged = answered.find(({ error }) => error === undefined || isAnswerOfBucket(error))
  if (judged === undefined) return credentials.skipped('the bucket was not found, so nothing was said of them')
  return credentials.ok('OSS knows the access key and its secret')
}

function judgeBucket({ variable, address, error }: Knock, { isLocal }: BucketSettings): Finding {
  if (error === undefined || isAnswerOfBucket(error)) return bucket.ok(`${address.name} answers at ${address.url}`)
  if (error.code === 'NetworkError') {
    const fix = `Check ${variable}; an internal endpoint is reached in its own region alone.`
    return bucket.wrong(error.message, isLocal ? 'Start the local OSS, or set the OSS_ variables of a bucket.' : fix)
  }
  if (error.code === 'NoSuchBucket') {
    return bucket.wrong(
      `There is no bucket ${address.name} at ${address.url}`,
      'Check OSS_BUCKET and OSS_REGION, or make the bucket.',
    )
  }
  if (CREDENTIAL_FIXES[error.code] || isElsewhere(error)) {
    return bucket.skipped(`${address.url} answers, and says no more before the above is put right`)
  }
  return bucket.wrong(`${address.url}: ${describeError(error)}`, error.hint ?? `Check ${variable}.`)
}

/** It was found and the signature taken; whether it may be read is another question. */
function isAnswerOfBucket(error: OssError): boolean {
  return isRefusal(error) && !isElsewhere(error)
}

const WRONG_SIGNING_REGION = '0002-00000226'

/** Signed for another region, or asked at the endpoint of another one: OSS then names the right one in `Endpoint`. */
function isElsewhere({ ec, details }: OssError): boolean {
  return ec === WRONG_SIGNING_REGION || details.Endpoint !== undefined
}

function wrongRegion({ publicAddress }: BucketSettings, error: OssError): Finding {
  const right = error.details.Endpoint
  return settingsReport.wrong(
    `OSS_REGION is ${publicAddress.region}, and the bucket is in another region (${describeError(error)})`,
    right ? `Its endpoint is ${right}.` : 'Set OSS_REGION to the region that the console shows for the bucket.',
  )
}
