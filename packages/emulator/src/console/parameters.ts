import type { Request } from 'express'
import { Refusal } from './refusal.ts'

/** A parameter of the query; the empty text where it is missing. Throws Refusal where it comes twice. */
export function textOf(request: Request, name: string): string {
  const value = request.query[name] ?? ''
  if (typeof value !== 'string') throw new Refusal(400, `${name} may come only once`)
  return value
}

/** A whole number of the query from 1 to `max`. Throws Refusal for anything else. */
export function numberOf(
  request: Request,
  name: string,
  { max, otherwise }: { max: number; otherwise: number },
): number {
  const text = textOf(request, name)
  if (text === '') return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new Refusal(400, `${name} is ${text}: it must be a whole number from 1 to ${max}`)
}
