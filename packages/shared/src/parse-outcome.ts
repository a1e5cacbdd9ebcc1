import { answerOf, some } from './answer.ts'
import { count, json, object, oneOfObjects } from './reader.ts'
import type { Outcome, Pending, Settled } from './wire.ts'

/** The answer of OSS's callback, of `confirm` and of `complete`. */
export const parseOutcome = answerOf(
  oneOfObjects<Outcome, 'status'>('status', {
    settled: object<Omit<Settled, 'status'>>({ id: some, result: json }),
    pending: object<Omit<Pending, 'status'>>({ id: some, retryAfterMs: count() }),
  }),
)
