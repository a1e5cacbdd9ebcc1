/** Ends a command with an exit code of its own, and a sentence on the standard error where there is one to say. */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly code: number

  constructor(code: number, message = '') {
    super(message)
    this.code = code
  }
}
