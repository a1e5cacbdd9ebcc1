/** What the console answers in place of what it was asked for: `{ "error": message }` with this HTTP status. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
