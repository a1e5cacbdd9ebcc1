import type { Json, JsonObject, UploadTrace } from '@oss-direct/shared'

/** A line of the timeline: one event of the trace, or several of the same kind in a row. */
export interface Step {
  at: string
  event: string
  detail: JsonObject
  /** Of the step before; nothing for the first. */
  sinceMs?: number
  /** How many parts were signed; otherwise 1. */
  count: number
}

/** A file of thousands of parts has its addresses signed hundreds of times: these are one step. */
export function stepsOf(events: UploadTrace['events']): Step[] {
  const steps: Step[] = []
  for (const { at, event, detail } of events) {
    const facts = isObject(detail) ? detail : {}
    const count = event === 'parts signed' && Array.isArray(facts.partNumbers) ? facts.partNumbers.length : 1
    const last = steps.at(-1)
    if (last !== undefined && last.event === event && event === 'parts signed') {
      last.count += count
      last.detail = facts
      continue
    }
    const sinceMs = last === undefined ? {} : { sinceMs: Math.max(0, Date.parse(at) - Date.parse(last.at)) }
    steps.push({ at, event, detail: facts, count, ...sinceMs })
  }
  return steps
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
