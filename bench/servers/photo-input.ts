import { z } from 'zod'

/** What a page of photographs says of each upload, and what is checked of it. */
export const input = z.object({ album: z.string().min(1).max(100), tags: z.array(z.string().max(40)).max(10) })
