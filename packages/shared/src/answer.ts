import { parserOf, type Reader, text } from './reader.ts'

// What the browser reads, a file for each kind of answer, so that a page carries those that it needs when it needs them.

/**
 * Makes the parser of an answer. It throws UploadError `answer-invalid` that names the member at fault: a proxy's login page
 * or an older server is then a clear sentence and not a TypeError ten calls later.
 */
/* @__NO_SIDE_EFFECTS__ */ export function answerOf<T>(read: Reader<T>): (body: unknown) => T {
  return parserOf(read, {
    code: 'answer-invalid',
    whole: 'the answer',
    hint: 'The address of the uploads API answered something else: check `endpoint`, proxies and login redirects.',
  })
}

/** A text that says something. */
export const some = text(1)
