import '@oss-direct/react/styles.css'
import type { routes } from '@oss-direct/example-express-minimal'
import { createUploadReact } from '@oss-direct/react'
import { createRoot } from 'react-dom/client'
import type { UploadMessage } from './message.ts'

const { UploadDropzone } = createUploadReact<typeof routes>()

/** Who may embed this frame. Never `*`: any page could put it into a frame of its own and read the answers. */
const HOST = location.origin

function tell(message: UploadMessage) {
  window.parent.postMessage(message, HOST)
}

const page = document.getElementById('app')
if (page === null) throw new Error('widget.html has no element #app')
createRoot(page).render(
  <UploadDropzone
    route="attachments"
    onDone={({ file, result }) => tell({ type: 'upload-done', name: file.name, result })}
  />,
)
