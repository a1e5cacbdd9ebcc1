import { PROMISES, STYLESHEET, type Weights, weigh } from '../../scripts/weigh.ts'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow, limitRow } from '../bench-row.ts'
import { versionOf } from '../rival-version.ts'

const RIVALS: readonly { name: string; source: string; isBare?: true; note?: string }[] = [
  {
    name: `UploadThing ${versionOf('@uploadthing/react')} dropzone`,
    source: `export { generateUploadDropzone } from '@uploadthing/react'; import '@uploadthing/react/styles.css'`,
    note: 'UploadThing shows no list of files',
  },
  {
    name: `Uppy ${versionOf('@uppy/core')} Dashboard + xhr-upload`,
    source: [
      `export { default as Uppy } from '@uppy/core'; import '@uppy/core/css/style.min.css'`,
      `export { default as Dashboard } from '@uppy/dashboard'; import '@uppy/dashboard/css/style.min.css'`,
      `export { default as XHRUpload } from '@uppy/xhr-upload'`,
    ].join('\n'),
  },
  {
    name: `FilePond ${versionOf('filepond')} + react-filepond`,
    source: `export { FilePond } from 'react-filepond'; import 'filepond/dist/filepond.min.css'`,
  },
  { name: `antd ${versionOf('antd')} Upload`, source: `export { Upload } from 'antd'` },
  {
    name: `better-upload ${versionOf('@better-upload/client')}`,
    source: `export { useUploadFiles } from '@better-upload/client'`,
    isBare: true,
    note: 'better-upload is a hook for React: no dropzone, no tries by itself, no memory over a reload; beside our hooks without looks',
  },
]

export const group: BenchGroup = {
  about:
    'Minified, gzipped, with everything in but React. Before it takes files: what a page must load to show a dropzone. In all: with what is loaded later, beside the page. Both with the stylesheet.',
  async measure() {
    // Vite builds for production where nobody says otherwise.
    const ours = await Promise.all(
      PROMISES.map(async (promise) => ({ ...promise, weights: await weigh(promise.source) })),
    )
    const { css } = await weigh(STYLESHEET.source)
    const limits = ours.map(({ what, first, weights }) =>
      limitRow('size', { name: `${what}, before it takes files`, unit: 'KiB', measured: weights.first, limit: first }),
    )
    const sheet = limitRow('size', { name: 'the stylesheet', unit: 'KiB', measured: css, limit: STYLESHEET.css })
    const [, bare, dressed] = ours.map(({ weights }) => weights)
    if (bare === undefined || dressed === undefined) throw new Error('Nothing of ours was weighed')

    const rows = []
    for (const { name, source, note, isBare } of RIVALS) {
      const theirs = await weigh(source, 'bench')
      const own = isBare ? bare : { ...dressed, css }
      const row = (what: string, share: (weights: Weights) => number) =>
        benchRow('size', {
          ...(note !== undefined && { note }),
          name: `${isBare ? 'without looks' : 'dropzone, list and looks'}, ${what}`,
          rival: name,
          unit: 'KiB',
          ours: [share(own) + own.css],
          theirs: [share(theirs) + theirs.css],
        })
      rows.push(
        row('before it takes files', ({ first }) => first),
        row('in all', ({ ever }) => ever),
      )
    }
    return { rows: [...limits, sheet, ...rows] }
  },
}
