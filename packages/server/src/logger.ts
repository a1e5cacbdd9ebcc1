/** The part of pino's logger that we call. What we log never holds a signature, a ticket, a policy or a signed URL. */
export interface Logger {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} }
