import { uploadFiles } from '@better-upload/client'
import { type Answer, AT_ONCE, type Contender } from '../contender.ts'
import { fetchGrants } from '../grants.ts'

// It speaks no forms: it asks for presigned PUTs of all files at once, sends them as they come, and looks at no answer's
// body. So its files are granted as PUTs with the same callback, here where its users have a server's route that it calls,
// and what the application said of each is counted by the application itself.

const API = '/better-upload'
const fetchElsewhere = window.fetch.bind(window)
let chosen: readonly File[] = []
let ids = new Map<string, string>()

window.fetch = async (target, init) => {
  if (target !== API) return fetchElsewhere(target, init)
  const grants = await fetchGrants(chosen, 'put')
  ids = new Map(grants.map(({ id, key }) => [key, id]))
  const files = grants.map(({ key, url, headers: signed }, index) => {
    // It sets the content type itself.
    const headers = Object.fromEntries(Object.entries(signed).filter(([header]) => !/^content-type$/i.test(header)))
    const { name, size, type } = chosen[index] as File
    return { signedUrl: url, headers, file: { name, size, type, objectInfo: { key, metadata: {} } } }
  })
  return Response.json({ files, metadata: {} })
}

export const contender: Contender = {
  async send(files) {
    chosen = files
    const { files: sent, failedFiles } = await uploadFiles({
      api: API,
      route: 'files',
      files: [...files],
      // By itself it begins with all at once, of which Chromium refuses hundreds when there are thousands.
      uploadBatchSize: AT_ONCE,
    })
    if (failedFiles.length > 0) throw new Error(`${failedFiles.length} failed: ${failedFiles[0]?.error.message}`)
    return sent.map(({ size, objectInfo: { key } }): Answer => ({ id: ids.get(key) ?? '', key, size }))
  },
}
