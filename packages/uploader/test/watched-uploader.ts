import type { OssRequest, Transport } from '../src/transport.ts'
import type { UploadPhase } from '../src/upload.ts'
import { createUploader, type Uploader, type UploaderOptions } from '../src/uploader.ts'
import { xhrTransport } from '../src/xhr-transport.ts'
import { watchPhases } from './stage-client.ts'

export interface WatchedUploader {
  uploader: Uploader
  phases: Map<string, UploadPhase[]>
  /** What it sent to OSS. */
  sent: OssRequest[]
  /** Requests to OSS that ran at the same time. */
  mostAtOnce(): number
}

export function watchUploader(options: UploaderOptions): WatchedUploader {
  const sent: OssRequest[] = []
  let most = 0
  let atOnce = 0
  const carry = options.transport ?? xhrTransport()
  const transport: Transport = async (request) => {
    sent.push(request)
    atOnce += 1
    most = Math.max(most, atOnce)
    try {
      return await carry(request)
    } finally {
      atOnce -= 1
    }
  }
  const uploader = createUploader({ journal: false, ...options, transport })
  return { uploader, phases: watchPhases(uploader), sent, mostAtOnce: () => most }
}
