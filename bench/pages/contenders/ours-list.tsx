import '@oss-direct/react/styles.css'
import { UploadDropzone, UploadProvider } from '@oss-direct/react'
import { createRoot } from 'react-dom/client'
import { type Contender, place, ROUTE } from '../contender.ts'
import { sendAll, uploader } from '../our-uploader.ts'

createRoot(place).render(
  <UploadProvider uploader={uploader}>
    <UploadDropzone route={ROUTE} />
  </UploadProvider>,
)

export const contender: Contender = {
  send: sendAll,
  list: { rows: '[data-upload-id]', picture: 'canvas:not([hidden])' },
}
