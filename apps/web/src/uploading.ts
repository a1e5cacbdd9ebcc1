import type { routes } from '@oss-direct/demo-server/routes'
import { createUploadReact } from '@oss-direct/react'
import { createUploader } from '@oss-direct/uploader'
import { axiosApi, axiosTransport } from '@oss-direct/uploader/axios'
import { api } from './api.ts'

/** One queue for the page. Our API is called with the app's own axios; OSS with a bare one, which carries nothing of ours. */
export const uploader = createUploader<typeof routes>({ transport: axiosTransport(), api: axiosApi(api) })

export const { UploadDropzone, UploadProvider } = createUploadReact<typeof routes>()
