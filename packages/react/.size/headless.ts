export { UploadProvider, useDropzone, useUploader, useUploads } from '@oss-direct/react'
export { createUploader } from '@oss-direct/uploader'
