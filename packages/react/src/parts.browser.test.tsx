import type { Upload } from '@oss-direct/uploader'
import { describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { DropArea } from './drop-area.tsx'
import { drag, numbered, REFUSED, rows, script, showParts, textFile } from './dropzone-stage.fixture.tsx'
import { UploadItem } from './upload-item.tsx'
import { UploadList } from './upload-list.tsx'
import { useUploader } from './upload-provider.tsx'
import { UploadRoot } from './upload-root.tsx'
import { UploadSummary } from './upload-summary.tsx'

function ownWhenDone(upload: Upload) {
  return upload.phase === 'done' ? <Mine upload={upload} /> : <UploadItem upload={upload} />
}

function Mine({ upload }: { upload: Upload }) {
  const uploader = useUploader()
  return (
    <button type="button" onClick={() => uploader.remove(upload.id)}>
      Put {upload.file.name} away
    </button>
  )
}

describe('an item of your own for one phase', () => {
  it('stands in the row, and keeps announcements, handlers and the focus', async () => {
    const onDone = vi.fn()
    showParts(
      <UploadRoot route="demo" onDone={onDone}>
        <DropArea />
        <UploadList>{ownWhenDone}</UploadList>
      </UploadRoot>,
    )
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeVisible()
    drag('drop', [textFile('a.txt'), textFile('b.txt')])
    await expect.poll(() => script.forms.length).toBe(2)
    await expect.element(page.getByRole('progressbar', { name: 'a.txt' })).toBeInTheDocument()
    for (const form of script.forms) form.settle(null)
    const mine = page.getByRole('button', { name: 'Put a.txt away' })
    await expect.element(mine).toBeVisible()
    await expect.element(page.getByRole('status')).toHaveTextContent('2 files uploaded')
    expect(onDone).toHaveBeenCalledTimes(2)

    mine.element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(mine).not.toBeInTheDocument()
    expect(document.activeElement).toBe(rows()[0])
    expect(rows()[0]?.textContent).toBe('Put b.txt away')
  })

  it('is windowed like every other', async () => {
    showParts(
      <UploadRoot route="demo">
        <UploadList>{({ file }) => <div style={{ height: 100 }}>{file.name}</div>}</UploadList>
      </UploadRoot>,
    )
    script.uploader.add('demo', numbered(1000, 1))
    await expect.poll(() => rows().length).toBeGreaterThan(3)
    const list = page.getByRole('list').element()
    list.parentElement?.scrollTo(0, 20_000)
    await expect.poll(() => rows()[0]?.textContent).not.toBe('f0.txt')
    expect(rows().length).toBeLessThan(40)
    // None lies over another, though they are higher than what was reckoned with.
    await expect.poll(() => overlaps(rows())).toEqual([])
  })
})

describe('a summary of your own', () => {
  it('is given the figures', async () => {
    showParts(
      <UploadRoot route="demo">
        <DropArea />
        <UploadSummary>
          {({ total, done, failed, tookMs }) => (
            <p data-took={tookMs !== undefined}>
              {done} of {total}, {failed} lost
            </p>
          )}
        </UploadSummary>
      </UploadRoot>,
    )
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeVisible()
    drag('drop', numbered(2, 3))
    await expect.poll(() => script.forms.length).toBe(2)
    await expect.element(page.getByText('0 of 2, 0 lost')).toHaveAttribute('data-took', 'false')
    script.forms[0]?.settle(null)
    script.forms[1]?.answer(403, REFUSED)
    await expect.element(page.getByText('1 of 2, 1 lost')).toHaveAttribute('data-took', 'true')
  })
})

describe('a long list', () => {
  it('stays on what it shows when a row above becomes higher', async () => {
    let grow: ((upload: Upload) => number) | undefined
    showParts(
      <UploadRoot route="demo">
        <UploadList>
          {(upload) => <div style={{ height: grow?.(upload) ?? 60 }}>{`${upload.file.name} ${upload.phase}`}</div>}
        </UploadList>
      </UploadRoot>,
    )
    const ids = script.uploader.add('demo', numbered(100, 1))
    await expect.poll(() => rows().length).toBeGreaterThan(3)
    const scroller = page.getByRole('list').element().parentElement as HTMLElement
    scroller.scrollTo(0, 600)
    const seen = () => rows().find((row) => row.getBoundingClientRect().top >= scroller.getBoundingClientRect().top)
    await expect.poll(() => seen()?.textContent).toMatch(/^f10.txt/)
    // Not before every row above is as high in the list's own reckoning as in the page: it begins with a guess.
    const fromTop = () => (seen()?.getBoundingClientRect().top ?? 0) - scroller.getBoundingClientRect().top
    await expect.poll(fromTop).toBe(10 * (seen()?.getBoundingClientRect().height ?? 0) - 600)
    const before = seen()?.getBoundingClientRect().top
    grow = ({ phase }) => (phase === 'cancelled' ? 160 : 60)
    script.uploader.cancel(ids[8] ?? '')
    await expect.poll(() => scroller.scrollTop).toBe(700)
    expect(seen()?.textContent).toMatch(/^f10.txt/)
    expect(seen()?.getBoundingClientRect().top).toBe(before)
  })
})

function overlaps(elements: Element[]): string[] {
  return elements.flatMap((element, index) => {
    const next = elements[index + 1]
    const covers = next && element.getBoundingClientRect().bottom > next.getBoundingClientRect().top + 0.5
    return covers ? [element.textContent ?? ''] : []
  })
}
