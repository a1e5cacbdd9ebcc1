import { isUploadMessage } from './message.ts'

/** Where the frame comes from. A message of any other origin is somebody else's. */
const WIDGET = location.origin

const frame = document.querySelector('iframe')
const output = document.querySelector('output')
window.addEventListener('message', ({ origin, source, data }) => {
  if (origin !== WIDGET || source !== frame?.contentWindow || !isUploadMessage(data)) return
  if (output) output.textContent = `${data.name} is attachment ${data.result.attachment}`
})
