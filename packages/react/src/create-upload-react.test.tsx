import { createUploader } from '@oss-direct/uploader'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createUploadReact } from './create-upload-react.ts'

// Routes as a server's `typeof routes` has them: one with a schema for its input, one without.
interface Routes {
  avatar: { input: undefined; onUploaded(event: never): Promise<{ url: string; at: Date; secret?: () => void }> }
  report: {
    input: { '~standard': { types?: { input: { year: number }; output: { year: number } } } }
    onUploaded(event: never): { pages: number }
  }
}
const { UploadDropzone, UploadProvider, useUploads } = createUploadReact<Routes>()
const uploader = createUploader<Routes>()

function Gallery() {
  const urls = useUploads('avatar').flatMap((upload) => (upload.phase === 'done' ? [upload.result.url] : []))
  // @ts-expect-error pages are what the other route answers
  const wrong = useUploads('avatar').map((upload) => upload.phase === 'done' && upload.result.pages)
  return [...urls, ...wrong].length
}

describe('the types of a route', () => {
  it('reach the handlers: what onUploaded returned, as JSON leaves it', () => {
    const dropzones = [
      <UploadDropzone key="1" route="avatar" onDone={({ result }) => [result.url.trim(), result.at.trim()]} />,
      <UploadDropzone
        key="2"
        route="report"
        input={{ year: 2026 }}
        renderResult={({ result }) => result.pages.toFixed()}
      />,
      // @ts-expect-error a date is a text after JSON
      <UploadDropzone key="3" route="avatar" onDone={({ result }) => result.at.getTime()} />,
      // @ts-expect-error a function does not survive JSON
      <UploadDropzone key="4" route="avatar" onDone={({ result }) => result.secret} />,
      // @ts-expect-error there is no such route
      <UploadDropzone key="5" route="avatars" />,
      // @ts-expect-error this route's schema wants a year
      <UploadDropzone key="6" route="report" />,
      // @ts-expect-error and a number
      <UploadDropzone key="7" route="report" input={{ year: '2026' }} />,
      // @ts-expect-error this route takes no input
      <UploadDropzone key="8" route="avatar" input={{ year: 2026 }} />,
    ]
    expect(dropzones).toHaveLength(8)
  })

  it('reach the hooks', () => {
    expect(
      renderToStaticMarkup(
        <UploadProvider uploader={uploader}>
          <Gallery />
        </UploadProvider>,
      ),
    ).toBe('0')
  })
})

describe('on a server', () => {
  it('a dropzone renders without a document, in the language it is given', () => {
    const html = renderToStaticMarkup(
      <UploadProvider uploader={uploader}>
        <UploadDropzone route="avatar" locale="zh-CN" />
      </UploadProvider>,
    )
    expect(html).toContain('选择文件')
    expect(html).toContain('lang="zh-CN"')
  })

  it('and without a provider, in English', () => {
    expect(renderToStaticMarkup(<UploadDropzone route="avatar" />)).toContain('Browse files')
  })
})
