import '@oss-direct/react/styles.css'
import type { routes } from '@oss-direct/example-express-minimal'
import { createUploadReact } from '@oss-direct/react'
import { createUploader } from '@oss-direct/uploader'
import { axiosApi, axiosTransport } from '@oss-direct/uploader/axios'
import axios from 'axios'
import { createRoot } from 'react-dom/client'

// The application's own instance, with whatever it needs: tokens, interceptors, a tracing header. The calls of the uploads
// API take the same road. What goes to OSS does not: a token in a request to the bucket would be a token given away.
const api = axios.create({ headers: { authorization: 'Bearer a-token-of-this-application' } })
api.interceptors.request.use((config) => {
  config.headers.set('x-request-id', crypto.randomUUID())
  return config
})

const uploader = createUploader<typeof routes>({ api: axiosApi(api), transport: axiosTransport() })
const { UploadDropzone, UploadProvider } = createUploadReact<typeof routes>()

const page = document.getElementById('app')
if (page === null) throw new Error('index.html has no element #app')
createRoot(page).render(
  <UploadProvider uploader={uploader}>
    <h1>Attachments</h1>
    <UploadDropzone route="attachments" />
  </UploadProvider>,
)
