import { createUploader } from '@oss-direct/uploader'
import { type Answer, ROUTE } from './contender.ts'

/** With everything as by default, but that a large file goes as one form, too, as everybody else's does. */
export const uploader = createUploader({ multipartAbove: 5 * 1024 ** 3 })

export function sendAll(files: readonly File[]): Promise<readonly Answer[]> {
  // The journal may bring back others, of a page that was closed before it had noted their end.
  const ids = new Set(uploader.add(ROUTE, files))
  return new Promise((resolve, reject) => {
    const stop = uploader.subscribe(() => {
      const answers: Answer[] = []
      for (const upload of uploader.getSnapshot()) {
        if (!ids.has(upload.id)) continue
        if (upload.phase === 'done') answers.push(upload.result as unknown as Answer)
        else if (upload.phase === 'failed' || upload.phase === 'rejected') reject(upload.error)
      }
      if (answers.length < ids.size) return
      stop()
      resolve(answers)
    })
  })
}
