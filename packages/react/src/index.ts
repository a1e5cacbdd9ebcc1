export { CopyButton } from './copy-button.tsx'
export { createUploadHooks, type TypedDropzoneOptions, type UploadHooks } from './create-upload-hooks.ts'
export {
  createUploadReact,
  type TypedDropzoneProps,
  type TypedItemProps,
  type TypedListProps,
  type TypedRootProps,
  type UploadReact,
} from './create-upload-react.ts'
export type { DragVerdict } from './drag-verdict.ts'
export { DropArea } from './drop-area.tsx'
export { FileName, type FileNameProps } from './file-name.tsx'
export { FileSign } from './file-sign.tsx'
export { folderOf } from './folder.ts'
export { createFormats, type Formats } from './formats.ts'
export { type Language, type LanguageOptions, LanguageProvider, useLanguage } from './language.tsx'
export { type ErrorKind, type ErrorText, errorText, type Messages } from './messages.ts'
export { en } from './messages-en.ts'
export { zhCN } from './messages-zh-cn.ts'
export { OfflineNotice } from './offline-notice.tsx'
export { RejectionList } from './rejection-list.tsx'
export { ResultView, type ResultViewProps } from './result-view.tsx'
export { safeLink } from './safe-link.ts'
export type { Summary } from './summary.ts'
export { Thumbnail } from './thumbnail.tsx'
export { UploadDropzone, type UploadDropzoneProps } from './upload-dropzone.tsx'
export { type DoneUpload, UploadItem, type UploadItemProps } from './upload-item.tsx'
export { UploadList, type UploadListProps } from './upload-list.tsx'
export { UploadProvider, type UploadProviderProps, useUploader } from './upload-provider.tsx'
export { UploadRoot, type UploadRootProps } from './upload-root.tsx'
export { type SummaryFigures, UploadSummary, type UploadSummaryProps } from './upload-summary.tsx'
export {
  type DropzoneInputProps,
  type DropzoneRootProps,
  type DropzoneState,
  type UseDropzoneOptions,
  useDropzone,
} from './use-dropzone.ts'
export { type RulesState, useRouteRules } from './use-route-rules.ts'
export { useUploads } from './use-uploads.ts'
