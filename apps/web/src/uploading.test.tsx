import { expect, it } from 'vitest'
import { UploadDropzone, uploader } from './uploading.ts'

it('the types of the server’s demo route reach the page', () => {
  const dropzones = [
    <UploadDropzone key="1" route="demo" onDone={({ result }) => [result.url.trim(), result.size.toFixed()]} />,
    // @ts-expect-error onUploaded of the demo route returns no such thing
    <UploadDropzone key="2" route="demo" onDone={({ result }) => result.thumbnail} />,
    // @ts-expect-error the server has no such route
    <UploadDropzone key="3" route="avatar" />,
  ]
  expect(dropzones).toHaveLength(3)
  expect(uploader.getSnapshot()).toEqual([])
})
