import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { drag, names, script, showParts, textFile } from './dropzone-stage.fixture.tsx'
import { UploadDropzone } from './upload-dropzone.tsx'
import { UploadProvider } from './upload-provider.tsx'

it('takes over what the server has rendered without a complaint, and works', async () => {
  showParts(null)
  document.documentElement.lang = 'zh-CN'
  const app = (
    <UploadProvider uploader={script.uploader}>
      <UploadDropzone route="demo" name="files" required dropOn="page" />
    </UploadProvider>
  )
  const place = document.body.appendChild(document.createElement('div'))
  // On a server there is no document to ask for its language.
  place.innerHTML = renderToString(app)
  expect(place.textContent).toContain('Browse files')
  const complained = vi.spyOn(console, 'error')
  const recovered = vi.fn()
  const root = hydrateRoot(place, app, { onRecoverableError: recovered })
  await expect.element(page.getByRole('button', { name: '选择文件', exact: true })).toBeVisible()
  drag('drop', [textFile('a.txt')])
  await expect.poll(names).toEqual(['a.txt'])
  expect(recovered).not.toHaveBeenCalled()
  expect(complained).not.toHaveBeenCalled()
  root.unmount()
  place.remove()
})
