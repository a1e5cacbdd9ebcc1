import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'
import Dashboard from '@uppy/dashboard'
import { type Contender, place } from '../contender.ts'
import { createUppy, sendByUppy } from '../uppy.ts'

const uppy = createUppy()
uppy.use(Dashboard, { inline: true, target: place })

export const contender: Contender = { send: (files) => sendByUppy(uppy, files) }
