import type { Contender } from '../contender.ts'
import { createUppyWithXhr, sendByXhr } from '../uppy.ts'

const uppy = createUppyWithXhr()

export const contender: Contender = { send: (files) => sendByXhr(uppy, files) }
