import type { routes } from '@oss-direct/example-express-minimal'
import { createUploader, type UploadOf } from '@oss-direct/uploader'

const uploader = createUploader<typeof routes>()
const input = document.querySelector('input')
const list = document.querySelector('ul')

input?.addEventListener('change', () => {
  uploader.add('attachments', input.files ?? [])
  input.value = ''
})
uploader.subscribe(() => {
  list?.replaceChildren(...uploader.getSnapshot().map(rowOf))
})

function rowOf(upload: UploadOf<typeof routes>): HTMLLIElement {
  const row = document.createElement('li')
  row.textContent = `${upload.file.name}: ${describe(upload)}`
  if (upload.phase === 'unconfirmed') row.append(buttonOf('Confirm again', () => uploader.confirm(upload.id)))
  if (upload.phase === 'failed') row.append(buttonOf('Retry', () => uploader.retry(upload.id)))
  return row
}

function describe(upload: UploadOf<typeof routes>): string {
  if (upload.phase === 'sending') return `${Math.floor((upload.sentBytes / upload.file.size) * 100)} %`
  if (upload.phase === 'done') return `done, the application answered ${JSON.stringify(upload.result)}`
  if ('error' in upload && upload.error) return `${upload.phase}, ${upload.error.message}`
  return upload.phase
}

function buttonOf(text: string, act: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.textContent = text
  button.addEventListener('click', act)
  return button
}
