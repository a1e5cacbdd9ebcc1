import type { Contender } from '../contender.ts'
import { createUppy, sendByUppy } from '../uppy.ts'

const uppy = createUppy()

export const contender: Contender = { send: (files) => sendByUppy(uppy, files) }
