import '@oss-direct/react/styles.css'
import type { routes } from '@oss-direct/example-express-minimal'
import { createUploadReact } from '@oss-direct/react'
import { useState } from 'react'

const { UploadDropzone } = createUploadReact<typeof routes>()

/** Rendered on the server and taken over by the browser, as every page of such a framework is. */
export function App() {
  const [count, setCount] = useState(0)
  return (
    <main>
      <h1>Attachments</h1>
      <UploadDropzone route="attachments" onDone={() => setCount((before) => before + 1)} />
      <p>{count === 0 ? 'Nothing attached yet' : `Attached: ${count}`}</p>
    </main>
  )
}
