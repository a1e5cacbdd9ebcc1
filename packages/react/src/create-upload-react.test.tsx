import { createUploader } from '@oss-direct/uploader'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createUploadReact } from './create-upload-react.ts'
import { DropArea } from './drop-area.tsx'
import { OfflineNotice } from './offline-notice.tsx'
import { RejectionList } from './rejection-list.tsx'
import { uploadIn } from './upload.fixture.ts'
import { UploadItem as Lonely } from './upload-item.tsx'
import { UploadSummary } from './upload-summary.tsx'

// Routes as a server's `typeof routes` has them: one with a schema for its input, one without.
interface Routes {
  avatar: { input: undefined; onUploaded(event: never): Promise<{ url: string; at: Date; secret?: () => void }> }
  report: {
    input: { '~standard': { types?: { input: { year: number }; output: { year: number } } } }
    onUploaded(event: never): { pages: number }
  }
}
const { UploadDropzone, UploadRoot, UploadList, UploadItem, UploadProvider, useUploads } = createUploadReact<Routes>()
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

  it('reach the parts', () => {
    const roots = [
      <UploadRoot key="1" route="avatar" onDone={({ result }) => result.url.trim()}>
        <UploadList<'avatar'>>
          {(upload) => {
            if (upload.phase === 'cancelled') return null
            return <UploadItem upload={upload} renderResult={({ result }) => result.url.trim()} />
          }}
        </UploadList>
      </UploadRoot>,
      <UploadList key="2">
        {(upload) => (upload.route === 'report' && upload.phase === 'done' ? upload.result.pages.toFixed() : null)}
      </UploadList>,
      // @ts-expect-error pages are what the other route answers
      <UploadList<'avatar'> key="3">{(upload) => (upload.phase === 'done' ? upload.result.pages : null)}</UploadList>,
      // @ts-expect-error there is no such route
      <UploadList<'avatars'> key="4">{() => null}</UploadList>,
      // @ts-expect-error this route's schema wants a year
      <UploadRoot key="5" route="report" />,
      <UploadList<'avatar'> key="6">
        {(upload) => (
          // @ts-expect-error a date is a text after JSON
          <UploadItem upload={upload} renderResult={({ result }) => result.at.getTime()} />
        )}
      </UploadList>,
    ]
    expect(roots).toHaveLength(6)
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
        <UploadDropzone route="avatar" locale="zh-CN" name="avatar" required dropOn="page" />
      </UploadProvider>,
    )
    expect(html).toContain('选择文件')
    expect(html).toContain('lang="zh-CN"')
  })

  it('and without a provider, in English', () => {
    expect(renderToStaticMarkup(<UploadDropzone route="avatar" />)).toContain('Browse files')
  })

  it('so do the parts, and a list that has nothing in it yet', () => {
    const html = renderToStaticMarkup(
      <UploadRoot route="avatar">
        <OfflineNotice />
        <DropArea />
        <RejectionList />
        <UploadSummary />
        <UploadList />
      </UploadRoot>,
    )
    expect(html).toContain('Browse files')
    expect(html).not.toContain('<ul')
  })
})

describe('a part without its root', () => {
  it.each([DropArea, OfflineNotice, RejectionList, UploadList, UploadSummary])('says where it belongs: %o', (Part) => {
    expect(() => renderToStaticMarkup(<Part />)).toThrow(/stands alone. Put it inside of <UploadRoot/)
  })

  it('so does an item without its list', () => {
    expect(() => renderToStaticMarkup(<Lonely upload={uploadIn('done')} />)).toThrow(/children of <UploadList>/)
  })
})
