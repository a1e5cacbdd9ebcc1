import { answerOf, some } from './answer.ts'
import { boolean, count, list, mapOf, object, oneOfObjects, type Reader, text, time } from './reader.ts'
import { refusal } from './refusal.ts'
import type { Grant, GrantAnswer, Refusal } from './wire.ts'

export type FormGrant = Extract<Grant, { transport: 'post' }>
export type PartsGrant = Extract<Grant, { transport: 'multipart' }>
/** The grants that a browser asks for; the others are for SDKs and scripts. */
export type BrowserGrant = FormGrant | PartsGrant
export type BrowserGrantOutcome = { ok: true; grant: BrowserGrant } | { ok: false; error: Refusal }

const any = { id: some, key: some, expiresAt: time }
const granted = object<{ grant: BrowserGrant }>({
  grant: oneOfObjects<BrowserGrant, 'transport'>('transport', {
    post: object<Omit<FormGrant, 'transport'>>({ ...any, url: some, fields: mapOf(text()) }),
    multipart: object<Omit<PartsGrant, 'transport'>>({ ...any, partSize: count(1), partCount: count(1, 10_000) }),
  }),
})
const refused = object<{ error: Refusal }>({ error: refusal })
const verdict = object<{ ok: boolean }>({ ok: boolean })

const outcome: Reader<BrowserGrantOutcome> = (value, refuse) =>
  verdict(value, refuse).ok ? { ok: true, ...granted(value, refuse) } : { ok: false, ...refused(value, refuse) }

/** `POST /uploads`, of grants that a browser can use. */
export const parseGrantAnswer = answerOf(
  object<Omit<GrantAnswer, 'grants'> & { grants: BrowserGrantOutcome[] }>({
    serverTime: time,
    grants: list(outcome, 1, 50),
  }),
)
