import { type Json, UploadError } from '@oss-direct/shared'
import type { StandardSchema } from './upload-route.ts'

/** What the route's schema makes of the input. Throws UploadError `input-invalid` that names every member at fault. */
export async function parseInput(
  schema: StandardSchema<unknown, unknown> | undefined,
  input: Json | undefined,
): Promise<unknown> {
  if (schema === undefined) return undefined
  const result = await schema['~standard'].validate(input)
  if (result.issues === undefined) return result.value
  const faults = result.issues.map(({ path = [], message }) => {
    const names = path.map((part) => String(typeof part === 'object' ? part.key : part))
    return `${['input', ...names].join('.')}: ${message}`
  })
  throw new UploadError('input-invalid', faults.join('; '), { hint: 'Send the `input` that this route asks for.' })
}
