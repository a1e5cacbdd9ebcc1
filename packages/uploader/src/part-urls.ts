import { parsePartsAnswer, UploadError } from '@oss-direct/shared'
import { type Api, recordPath } from './api.ts'
import { holds, partsToSign, type SignedPart } from './parts-to-sign.ts'

export interface PartUrlsOptions {
  api: Api
  recordId: string
  /** Milliseconds by which this browser's clock is ahead of the server's. */
  clockOffsetMs: number
}

/** The URLs of the parts of one upload, asked for in batches and ahead of need. Rejects with the UploadError of the server. */
export interface PartUrls {
  /** Begins the upload, or finds it again: the parts that OSS has. */
  open(partNumbers: readonly number[]): Promise<readonly { partNumber: number; size: number }[]>
  /** `unsent`: the parts that OSS lacks, this one near the front. */
  get(partNumber: number, unsent: Iterable<number>): Promise<string>
  /** OSS says that this URL has ended; so have those that were to end with it. */
  drop(partNumber: number, url: string): void
}

export function createPartUrls({ api, recordId, clockOffsetMs }: PartUrlsOptions): PartUrls {
  const known = new Map<number, SignedPart>()
  let underWay: Promise<unknown> | undefined

  const ask = async (partNumbers: readonly number[]) => {
    const { urls, expiresAt, have } = parsePartsAnswer(
      await api('POST', recordPath(recordId, '/parts'), { partNumbers }),
    )
    const endsAt = Date.parse(expiresAt) + clockOffsetMs
    for (const { partNumber, url } of urls) known.set(partNumber, { url, endsAt })
    return have
  }
  /** One call at a time: most who need a URL at the same moment are helped by the same answer. */
  const fetch = (partNumbers: readonly number[]) => {
    const call = ask(partNumbers).finally(() => {
      if (underWay === call) underWay = undefined
    })
    underWay = call
    return call
  }

  return {
    open: (partNumbers) => ask(partsToSign(partNumbers, known, Date.now())),
    async get(partNumber, unsent) {
      const isHeld = () => holds(known.get(partNumber), Date.now())
      while (underWay && !isHeld()) await underWay
      const lacking = partsToSign([...unsent], known, Date.now())
      if (!isHeld()) await fetch(lacking)
      // A call ahead that fails is made again when somebody needs it.
      else if (lacking.length > 0 && !underWay) fetch(lacking).catch(() => {})
      const signed = known.get(partNumber)
      if (signed) return signed.url
      throw new UploadError('answer-invalid', `The server gave no URL for part ${partNumber}`)
    },
    drop(partNumber, url) {
      const ended = known.get(partNumber)
      // Another part's answer may have brought new ones meanwhile.
      if (ended?.url !== url) return
      for (const [other, { endsAt }] of known) if (endsAt <= ended.endsAt) known.delete(other)
    },
  }
}
