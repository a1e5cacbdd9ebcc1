import './styles.css'
import type { RouteRules } from '@oss-direct/shared'
import { type ReactNode, StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { page } from 'vitest/browser'
import { type ScriptedUploader, scriptUploader } from './scripted-uploader.fixture.ts'
import { UploadDropzone, type UploadDropzoneProps } from './upload-dropzone.tsx'
import { UploadProvider } from './upload-provider.tsx'

// The component and the uploader are real, in a real Chromium; OSS and the server are scripted, so that each state can be
// held and looked at. That it all fits the real ones is the business of the end-to-end stories.

/** What OSS says when a form is not the one that was granted. */
export const REFUSED = `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy</Message><RequestId>5C3D9175B6FC201293AD4890</RequestId><EC>0006-00000227</EC></Error>`

export let script: ScriptedUploader
export let container: HTMLElement
let root: Root

beforeEach(() => {
  document.documentElement.lang = 'en'
  container = document.body.appendChild(document.createElement('div'))
  root = createRoot(container)
})
afterEach(() => {
  vi.restoreAllMocks()
  root.unmount()
  container.remove()
  script.uploader.dispose()
})

/** A page with a dropzone in it. */
export function show(rules: Partial<RouteRules> = {}, props: Partial<UploadDropzoneProps> = {}): Promise<void> {
  return showWith(scriptUploader(rules), props)
}

/** A page with a dropzone in it that has an uploader of its own. */
export async function showWith(scripted: ScriptedUploader, props: Partial<UploadDropzoneProps> = {}): Promise<void> {
  script = scripted
  render(<UploadDropzone route="demo" {...props} />)
  await expect.element(page.getByRole('button', { name: /browse/i })).toBeVisible()
}

/** A page with parts of your own choice in it. */
export function showParts(parts: ReactNode, rules: Partial<RouteRules> = {}): void {
  script = scriptUploader(rules)
  render(parts)
}

function render(dropzone: ReactNode): void {
  root.render(
    <StrictMode>
      <UploadProvider uploader={script.uploader}>
        <main>
          <h1>Page</h1>
          <h2>Section</h2>
          <h3>Part</h3>
          {dropzone}
          <textarea aria-label="Notes" />
        </main>
      </UploadProvider>
    </StrictMode>,
  )
}

/** OSS answers the only form that is under way. */
export async function send(status: number, body = ''): Promise<void> {
  await expect.poll(() => script.forms.length).toBe(1)
  script.forms[0]?.progress(1)
  if (status === 200) script.forms[0]?.settle({ key: 'demo/1' })
  else script.forms[0]?.answer(status, body)
}

export function textFile(name: string, size = 3): File {
  return new File(['x'.repeat(size)], name, { type: 'text/plain' })
}

export function numbered(count: number, size: number): File[] {
  return Array.from({ length: count }, (_, index) => textFile(`f${index}.txt`, size))
}

export function drag(type: 'dragenter' | 'dragleave' | 'drop', files: File[], target: Element = dropArea()): DragEvent {
  const event = new DragEvent(type, { dataTransfer: transferOf(files), bubbles: true, cancelable: true })
  target.dispatchEvent(event)
  return event
}

export function paste(target: Element, files: File[]): ClipboardEvent {
  const event = new ClipboardEvent('paste', { clipboardData: transferOf(files), bubbles: true, cancelable: true })
  target.dispatchEvent(event)
  return event
}

function transferOf(files: File[]): DataTransfer {
  const transfer = new DataTransfer()
  for (const file of files) transfer.items.add(file)
  return transfer
}

export function dropArea(): HTMLElement {
  const area = document.querySelector<HTMLElement>('[data-dropzone]')
  if (area === null) throw new Error('there is no drop area')
  return area
}

export function fileInput(): HTMLInputElement {
  const input = document.querySelector<HTMLInputElement>('input[type=file]')
  if (input === null) throw new Error('there is no file input')
  return input
}

export function rows(): Element[] {
  return [...document.querySelectorAll('.od-list > [data-upload-id]')]
}

export function names(): (string | undefined)[] {
  return rows().map((element) => element.querySelector('[title]')?.getAttribute('title') ?? undefined)
}

export function row(name: string) {
  return page.getByRole('listitem').filter({ has: page.getByTitle(name, { exact: true }) })
}
