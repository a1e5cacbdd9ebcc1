import type { Contender } from '../contender.ts'
import { sendAll } from '../our-uploader.ts'

export const contender: Contender = { send: sendAll }
