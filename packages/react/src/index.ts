export { CopyButton } from './copy-button.tsx'
export {
  createUploadReact,
  type TypedDropzoneOptions,
  type TypedDropzoneProps,
  type UploadReact,
} from './create-upload-react.ts'
export type { DragVerdict } from './drag-verdict.ts'
export { FileName } from './file-name.tsx'
export { createFormats, type Formats } from './formats.ts'
export { type Language, type LanguageOptions, LanguageProvider, useLanguage } from './language.tsx'
export { type ErrorKind, type ErrorText, errorText, type Messages } from './messages.ts'
export { en } from './messages-en.ts'
export { zhCN } from './messages-zh-cn.ts'
export { ResultView, type ResultViewProps } from './result-view.tsx'
export { safeLink } from './safe-link.ts'
export { FileSign } from './thumbnail.tsx'
export { UploadDropzone, type UploadDropzoneProps } from './upload-dropzone.tsx'
export { UploadProvider, type UploadProviderProps, useUploader } from './upload-provider.tsx'
export { type DropzoneState, type UseDropzoneOptions, useDropzone } from './use-dropzone.ts'
export { type RulesState, useRouteRules } from './use-route-rules.ts'
export { useUploads } from './use-uploads.ts'
