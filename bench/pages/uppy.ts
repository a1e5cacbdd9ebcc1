import Uppy from '@uppy/core'
import XHRUpload from '@uppy/xhr-upload'
import { type Answer, AT_ONCE } from './contender.ts'
import { fetchGrants, type GrantBy } from './grants.ts'

export type OurUppy = Uppy<Record<string, string>, Record<string, never>>

/** Forms come in batches before the upload begins, by its preprocessor; `take` keeps them. */
export function createUppy(take: (uppy: OurUppy, forms: ReadonlyMap<string, GrantBy<'post'>>) => void): OurUppy {
  const uppy: OurUppy = new Uppy()
  uppy.addPreProcessor(async (ids) => {
    const grants = await fetchGrants(
      ids.map((id) => uppy.getFile(id).data as File),
      'post',
    )
    take(uppy, new Map(grants.map((grant, index) => [ids[index] ?? '', grant])))
  })
  return uppy
}

/** Their fields are the files' meta data. */
export function createUppyWithXhr(): OurUppy {
  const uppy = createUppy((uppy, forms) => {
    const [first] = forms.values()
    if (first === undefined) return
    uppy.getPlugin('XHRUpload')?.setOptions({ endpoint: first.url, allowedMetaFields: Object.keys(first.fields) })
    for (const [id, { fields }] of forms) uppy.setFileMeta(id, fields)
  })
  return uppy.use(XHRUpload, { endpoint: '', limit: AT_ONCE, timeout: 0 })
}

/** Gives what it knows of each file that was sent. */
export async function sendByUppy(uppy: OurUppy, files: readonly File[]) {
  uppy.addFiles(files.map((data) => ({ name: data.name, type: data.type, data, source: 'bench' })))
  const { successful = [], failed = [] } = (await uppy.upload()) ?? {}
  if (failed.length > 0) throw new Error(`${failed.length} failed: ${failed[0]?.error}`)
  return successful
}

export async function sendByXhr(uppy: OurUppy, files: readonly File[]): Promise<Answer[]> {
  const sent = await sendByUppy(uppy, files)
  return sent.map(({ response }) => (response as unknown as { body: { result: Answer } }).body.result)
}
