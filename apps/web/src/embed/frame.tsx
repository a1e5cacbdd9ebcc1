import '@oss-direct/react/styles.css'
import './frame.css'
import { UploadDropzone } from '@oss-direct/react'
import { createRoot } from 'react-dom/client'
import { parentOriginOf } from './parent-origin.ts'

// The page for frames: the dropzone alone. It tells the page around it of each result, and nobody else.
const { searchParams } = new URL(location.href)
const parentOrigin = parentOriginOf(location.search)
document.documentElement.lang = searchParams.get('lang') ?? 'en'
document.documentElement.dataset.theme = searchParams.get('theme') ?? 'auto'

const place = document.getElementById('frame')
if (place === null) throw new Error('frame.html has no element #frame')
createRoot(place).render(
  parentOrigin === undefined || window.parent === window ? (
    <p className="unframed" lang="en">
      This page is made to stand in a frame of yours: <code>/frame.html?parent=https://your-site.example</code>
    </p>
  ) : (
    <UploadDropzone
      route="demo"
      onDone={({ recordId, file, result }) => {
        window.parent.postMessage({ type: 'upload-done', id: recordId, name: file.name, result }, parentOrigin)
      }}
    />
  ),
)
