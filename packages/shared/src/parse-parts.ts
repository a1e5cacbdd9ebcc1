import { answerOf, some } from './answer.ts'
import { count, list, object, time } from './reader.ts'
import type { PartsAnswer } from './wire.ts'

const partNumber = count(1, 10_000)

/** `POST /uploads/:id/parts` */
export const parsePartsAnswer = answerOf(
  object<PartsAnswer>({
    urls: list(object({ partNumber, url: some }), 1, 100),
    expiresAt: time,
    have: list(object({ partNumber, size: count() }), 0, 10_000),
  }),
)
