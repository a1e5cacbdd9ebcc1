export { UploadDropzone, UploadProvider, useUploader, useUploads, zhCN } from '@oss-direct/react'
export { createUploader } from '@oss-direct/uploader'
