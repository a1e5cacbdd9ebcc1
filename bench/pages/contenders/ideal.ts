import { type Answer, AT_ONCE, type Contender } from '../contender.ts'
import { fetchGrants, formOf, type GrantBy, readAnswer } from '../grants.ts'

// The floor: forms that were granted beforehand, and nothing but requests.

let grants: GrantBy<'post'>[] = []

export const contender: Contender = {
  async prepare(files) {
    grants = await fetchGrants(files, 'post')
  },
  async send(files) {
    const answers: Answer[] = []
    let next = 0
    const work = async () => {
      for (let index = next++; index < files.length; index = next++) {
        answers.push(await post(grants[index] as GrantBy<'post'>, files[index] as File))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return answers
  },
}

function post(grant: GrantBy<'post'>, file: File): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', grant.url)
    xhr.onload = () => {
      if (xhr.status === 200) resolve(readAnswer(xhr.responseText))
      else reject(new Error(`OSS answered ${xhr.status}: ${xhr.responseText}`))
    }
    xhr.onerror = () => reject(new Error('OSS gave no answer'))
    xhr.send(formOf(grant, file))
  })
}
