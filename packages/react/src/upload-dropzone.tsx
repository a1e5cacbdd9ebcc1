import type { Json } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { type ReactNode, useCallback } from 'react'
import { DropArea } from './drop-area.tsx'
import { OfflineNotice } from './offline-notice.tsx'
import { RejectionList } from './rejection-list.tsx'
import { type DoneUpload, UploadItem } from './upload-item.tsx'
import { UploadList } from './upload-list.tsx'
import { UploadRoot, type UploadRootProps } from './upload-root.tsx'
import { UploadSummary } from './upload-summary.tsx'

export interface UploadDropzoneProps<Result = Json> extends Omit<UploadRootProps<Result>, 'children'> {
  /** In place of the built-in view of the application's answer. */
  renderResult?: ((upload: DoneUpload<Result>) => ReactNode) | undefined
}

/** Drop, browse or paste files; see them go straight to the bucket; read what the application answered. */
export function UploadDropzone({ renderResult, ...rest }: UploadDropzoneProps) {
  const renderItem = useCallback(
    (upload: Upload) => <UploadItem upload={upload} renderResult={renderResult} />,
    [renderResult],
  )
  return (
    <UploadRoot {...rest}>
      <OfflineNotice />
      <DropArea />
      <RejectionList />
      <UploadSummary />
      <UploadList>{renderItem}</UploadList>
    </UploadRoot>
  )
}
