import { Button, Upload, type UploadProps } from 'antd'
import { createRoot } from 'react-dom/client'
import { type Answer, type Contender, place } from '../contender.ts'
import { fetchForm, formOf, readAnswer } from '../grants.ts'

// It begins with all files at once and leaves it to the browser which go first; each asks for its own form.

let finish: ((answer: Answer) => void) | undefined
let fail: ((error: unknown) => void) | undefined

const send: UploadProps['customRequest'] = async ({ file, onProgress, onSuccess, onError }) => {
  try {
    const grant = await fetchForm(file as File)
    const xhr = new XMLHttpRequest()
    xhr.open('POST', grant.url)
    xhr.upload.onprogress = ({ loaded, total }) => onProgress?.({ percent: (loaded / total) * 100 })
    xhr.onload = () => {
      if (xhr.status === 200) onSuccess?.(readAnswer(xhr.responseText))
      else onError?.(new Error(`OSS answered ${xhr.status}`))
    }
    xhr.onerror = () => onError?.(new Error('OSS gave no answer'))
    xhr.send(formOf(grant, file as File))
  } catch (error) {
    onError?.(error as Error)
  }
}

const changed: UploadProps['onChange'] = ({ file }) => {
  if (file.status === 'done') finish?.(file.response as Answer)
  if (file.status === 'error') fail?.(file.error)
}

createRoot(place).render(
  <Upload multiple customRequest={send} onChange={changed}>
    <Button>Choose files</Button>
  </Upload>,
)

export const contender: Contender = {
  send: (files) =>
    new Promise((resolve, reject) => {
      const answers: Answer[] = []
      finish = (answer) => {
        answers.push(answer)
        if (answers.length === files.length) resolve(answers)
      }
      fail = reject
      const input = place.querySelector<HTMLInputElement>('input[type=file]')
      if (input === null) throw new Error('antd shows no input')
      const chosen = new DataTransfer()
      for (const file of files) chosen.items.add(file)
      input.files = chosen.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }),
}
