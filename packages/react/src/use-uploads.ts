import type { Upload } from '@oss-direct/uploader'
import { useMemo, useSyncExternalStore } from 'react'
import { useUploader } from './upload-provider.tsx'

const NONE: readonly Upload[] = []

/** All uploads, or those of one route, in the order in which they were added. The array changes when one of them does. */
export function useUploads(route?: string): readonly Upload[] {
  const uploader = useUploader()
  const uploads = useSyncExternalStore(uploader.subscribe, uploader.getSnapshot, () => NONE)
  return useMemo(
    () => (route === undefined ? uploads : uploads.filter((upload) => upload.route === route)),
    [uploads, route],
  )
}
