import Uppy from '@uppy/core'
import XHRUpload from '@uppy/xhr-upload'
import { type Answer, AT_ONCE } from './contender.ts'
import { fetchGrants } from './grants.ts'

/** Forms come in batches before the upload begins, by its preprocessor; their fields are the files' meta data. */
export function createUppy() {
  const uppy = new Uppy<Record<string, string>, Record<string, never>>()
  uppy.use(XHRUpload, { endpoint: '', limit: AT_ONCE, timeout: 0 })
  uppy.addPreProcessor(async (ids) => {
    const grants = await fetchGrants(
      ids.map((id) => uppy.getFile(id).data as File),
      'post',
    )
    const [first] = grants
    if (first === undefined) return
    uppy.getPlugin('XHRUpload')?.setOptions({ endpoint: first.url, allowedMetaFields: Object.keys(first.fields) })
    for (const [index, id] of ids.entries()) uppy.setFileMeta(id, grants[index]?.fields ?? {})
  })
  return uppy
}

export async function sendByUppy(uppy: ReturnType<typeof createUppy>, files: readonly File[]): Promise<Answer[]> {
  uppy.addFiles(files.map((data) => ({ name: data.name, type: data.type, data, source: 'bench' })))
  const { successful = [], failed = [] } = (await uppy.upload()) ?? {}
  if (failed.length > 0) throw new Error(`${failed.length} failed: ${failed[0]?.error}`)
  return successful.map(({ response }) => (response as unknown as { body: { result: Answer } }).body.result)
}
