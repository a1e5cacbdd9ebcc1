import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'
import Dashboard from '@uppy/dashboard'
import { type Contender, place } from '../contender.ts'
import { createUppyWithXhr, sendByXhr } from '../uppy.ts'

const uppy = createUppyWithXhr()
uppy.use(Dashboard, { inline: true, target: place })

export const contender: Contender = {
  send: (files) => sendByXhr(uppy, files),
  list: { rows: '.uppy-Dashboard-Item', picture: 'img.uppy-Dashboard-Item-previewImg' },
}
