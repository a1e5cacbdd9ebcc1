import 'filepond/dist/filepond.min.css'
import { create, type ProcessServerConfigFunction } from 'filepond'
import { type Answer, AT_ONCE, type Contender, place } from '../contender.ts'
import { fetchForm, formOf, readAnswer } from '../grants.ts'

let finish: ((answer: Answer) => void) | undefined
let fail: ((error: unknown) => void) | undefined

const process: ProcessServerConfigFunction = (_field, file, _metadata, load, error, progress) => {
  const xhr = new XMLHttpRequest()
  fetchForm(file as File).then((grant) => {
    xhr.open('POST', grant.url)
    xhr.upload.onprogress = ({ lengthComputable, loaded, total }) => progress(lengthComputable, loaded, total)
    xhr.onload = () => {
      if (xhr.status !== 200) return error(`OSS answered ${xhr.status}`)
      const answer = readAnswer(xhr.responseText)
      load(answer.id)
      finish?.(answer)
    }
    xhr.onerror = () => error('OSS gave no answer')
    xhr.send(formOf(grant, file))
  }, fail)
  return { abort: () => xhr.abort() }
}

const pond = create(place, {
  allowMultiple: true,
  maxParallelUploads: AT_ONCE,
  server: { process, revert: null },
  onerror: (reason) => fail?.(reason),
})

export const contender: Contender = {
  send: (files) =>
    new Promise((resolve, reject) => {
      const answers: Answer[] = []
      finish = (answer) => {
        answers.push(answer)
        if (answers.length === files.length) resolve(answers)
      }
      fail = reject
      pond.addFiles([...files]).catch(reject)
    }),
}
