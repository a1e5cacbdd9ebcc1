import { afterEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { drag, names, numbered, row, script, showParts, textFile } from './dropzone-stage.fixture.tsx'
import { UploadDropzone } from './upload-dropzone.tsx'

const submitted = vi.fn()

function showForm(required = false): void {
  showParts(
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submitted(new FormData(event.currentTarget).getAll('attachment'))
      }}
    >
      <UploadDropzone route="demo" name="attachment" required={required} />
      <button type="submit">Send</button>
      <button type="reset">Start over</button>
    </form>,
  )
}

const send = () => page.getByRole('button', { name: 'Send' }).click()

describe('inside a plain form', () => {
  afterEach(() => submitted.mockClear())

  it('the record of each file that is done is sent along, and of no other', async () => {
    showForm()
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeVisible()
    drag('drop', numbered(3, 3))
    await expect.poll(() => script.forms.length).toBe(3)
    script.forms[0]?.settle(null)
    script.forms[1]?.answer(403, '')
    script.forms[2]?.settle(null)
    await expect.element(row('f2.txt')).toHaveAttribute('data-phase', 'done')
    await expect.element(row('f1.txt')).toHaveAttribute('data-phase', 'failed')
    await send()
    const records = script.uploader
      .getSnapshot()
      .flatMap((upload) => (upload.phase === 'done' ? [upload.recordId] : []))
    expect(records).toHaveLength(2)
    expect(submitted.mock.calls).toEqual([[records]])
  })

  it('it is not sent while a file is under way, and says why', async () => {
    showForm()
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeVisible()
    drag('drop', [textFile('a.txt')])
    await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'sending')
    await send()
    await expect.element(page.getByText('Files are still being uploaded')).toBeVisible()
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toHaveFocus()
    expect(submitted).not.toHaveBeenCalled()
    script.forms[0]?.settle(null)
    await expect.element(page.getByText('Files are still being uploaded')).not.toBeInTheDocument()
    await send()
    expect(submitted).toHaveBeenCalledTimes(1)
  })

  it('it is not sent without a file where one is required', async () => {
    showForm(true)
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeVisible()
    await send()
    await expect.element(page.getByText('Add a file first.')).toBeVisible()
    expect(submitted).not.toHaveBeenCalled()
    drag('drop', [textFile('a.txt')])
    await expect.poll(() => script.forms.length).toBe(1)
    script.forms[0]?.settle(null)
    await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'done')
    await send()
    expect(submitted.mock.calls[0]?.[0]).toHaveLength(1)
  })

  it('its reset empties the list', async () => {
    showForm()
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeVisible()
    drag('drop', numbered(2, 3))
    await expect.poll(() => script.forms.length).toBe(2)
    script.forms[0]?.settle(null)
    await expect.element(row('f0.txt')).toHaveAttribute('data-phase', 'done')
    await page.getByRole('button', { name: 'Start over' }).click()
    await expect.poll(names).toEqual([])
    expect(script.uploader.getSnapshot()).toEqual([])
  })
})
