import './styles.css'
import type { RouteRules } from '@oss-direct/shared'
import axe from 'axe-core'
import { StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { type ScriptedUploader, scriptUploader } from './scripted-uploader.fixture.ts'
import { UploadDropzone, type UploadDropzoneProps } from './upload-dropzone.tsx'
import { UploadProvider } from './upload-provider.tsx'

// The component and the uploader are real, in a real Chromium; OSS and the server are scripted, so that each state can be
// held and looked at. That it all fits the real ones is the business of the end-to-end stories.

const said = `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy</Message><RequestId>5C3D9175B6FC201293AD4890</RequestId><EC>0006-00000227</EC></Error>`

let script: ScriptedUploader
let container: HTMLElement
let root: Root

beforeEach(() => {
  document.documentElement.lang = 'en'
  container = document.body.appendChild(document.createElement('div'))
  root = createRoot(container)
})
afterEach(() => {
  root.unmount()
  container.remove()
  script.uploader.dispose()
})

async function show(rules: Partial<RouteRules> = {}, props: Partial<UploadDropzoneProps> = {}) {
  script = scriptUploader(rules)
  root.render(
    <StrictMode>
      <UploadProvider uploader={script.uploader}>
        <main>
          <h1>Page</h1>
          <h2>Section</h2>
          <h3>Part</h3>
          <UploadDropzone route="demo" {...props} />
          <textarea aria-label="Notes" />
        </main>
      </UploadProvider>
    </StrictMode>,
  )
  await expect.element(page.getByRole('button', { name: /browse/i })).toBeVisible()
}

describe('files come in', () => {
  it('by dropping, wherever in the area', async () => {
    await show()
    drag('drop', [textFile('a.txt'), textFile('b.txt')])
    await expect.poll(names).toEqual(['a.txt', 'b.txt'])
  })

  it('by the browser’s own dialog, which the button opens by mouse and by keyboard, once', async () => {
    await show()
    const opened = vi.fn()
    fileInput().addEventListener('click', (event) => {
      event.preventDefault() // no dialog: nobody could close it
      opened()
    })
    await page.getByRole('button', { name: 'Browse files' }).click()
    expect(opened).toHaveBeenCalledTimes(1)
    page.getByRole('button', { name: 'Browse files' }).element().focus()
    await userEvent.keyboard('{Enter}')
    expect(opened).toHaveBeenCalledTimes(2)
    await userEvent.upload(fileInput(), [textFile('browsed.txt')])
    await expect.poll(names).toEqual(['browsed.txt'])
  })

  it('by pasting anywhere on the page', async () => {
    await show()
    paste(document.body, [textFile('pasted.txt')])
    await expect.poll(names).toEqual(['pasted.txt'])
  })

  it('but not by pasting into something that is written into', async () => {
    await show()
    const notes = page.getByRole('textbox', { name: 'Notes' }).element()
    notes.focus()
    expect(paste(notes, [textFile('pasted.txt')]).defaultPrevented).toBe(false)
    expect(paste(document.body, [textFile('pasted.txt')]).defaultPrevented).toBe(false)
    expect(script.uploader.getSnapshot()).toEqual([])
  })

  it('nor while the dropzone is out of sight', async () => {
    await show()
    container.style.marginTop = '5000px'
    expect(paste(document.body, [textFile('pasted.txt')]).defaultPrevented).toBe(false)
    expect(script.uploader.getSnapshot()).toEqual([])
  })

  it('not at all while it is disabled', async () => {
    await show({}, { disabled: true })
    paste(document.body, [textFile('pasted.txt')])
    drag('drop', [textFile('dropped.txt')])
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toBeDisabled()
    expect(script.uploader.getSnapshot()).toEqual([])
  })

  it.each([
    ['image/png', 'accept', 'Let go to upload 1 file'],
    ['application/zip', 'reject', 'This kind of file is not taken here'],
    ['', 'unknown', 'Let go, and each file will be checked'],
  ])('a held file of type %j is told: %s', async (type, verdict, text) => {
    await show({ accept: ['image/*'] })
    await expect.element(page.getByText(/^images/i)).toBeVisible()
    drag('dragenter', [new File(['x'], 'x', { type })])
    await expect.element(page.getByText(text)).toBeVisible()
    expect(dropArea().dataset.verdict).toBe(verdict)
    drag('dragleave', [])
    await expect.poll(() => dropArea().dataset.verdict).toBeUndefined()
  })

  it('with the limits of the route told beforehand', async () => {
    await show({ accept: ['image/*', '.pdf'], maxBytes: 20 * 1024 ** 2, maxFiles: 10 })
    const button = page.getByRole('button', { name: 'Browse files' })
    await expect.element(button).toHaveAccessibleDescription('images or PDF · up to 20.0 MiB each · at most 10 files')
    expect(fileInput().accept).toBe('image/*,.pdf')
  })
})

describe('files that the route does not take', () => {
  it('are listed with the reason, and dismissed without the focus being lost', async () => {
    await show({ maxBytes: 10 })
    drag('drop', [textFile('fits.txt', 10), textFile('large.txt', 11)])
    await expect.element(page.getByText('1 file not added')).toBeVisible()
    await expect.element(page.getByText('Too large: at most 10 B')).toBeVisible()
    await expect.element(page.getByTitle('large.txt')).toBeVisible()
    expect(names()).toEqual(['fits.txt'])
    page.getByRole('button', { name: 'Dismiss' }).element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByText('1 file not added')).not.toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toHaveFocus()
  })

  it('are told by reason from five on', async () => {
    await show({ maxBytes: 10, accept: ['.txt'] })
    drag('drop', [...numbered(4, 11), new File(['x'], 'x.zip')])
    await expect.element(page.getByText('5 files not added')).toBeVisible()
    await expect.element(page.getByTitle('f0.txt')).not.toBeVisible()
    await page.getByText('Too large: at most 10 B').click()
    await expect.element(page.getByTitle('f0.txt')).toBeVisible()
  })
})

describe('an upload', () => {
  it('tells its progress, waits for the application, and shows what that answered', async () => {
    const onDone = vi.fn()
    await show({}, { onDone, name: 'attachment' })
    drag('drop', [textFile('cat.txt', 4000)])
    await expect.poll(() => script.forms.length).toBe(1)
    script.forms[0]?.progress(0.5)
    const bar = page.getByRole('progressbar', { name: 'cat.txt' })
    await expect.element(bar).toHaveAttribute('aria-valuenow', '62')
    await expect.element(bar).toHaveAttribute('aria-valuetext', '62%, 2.4 KiB of 3.9 KiB')

    script.forms[0]?.progress(1)
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'confirming')
    await expect.element(row('cat.txt')).toHaveTextContent('All bytes sent. Waiting for OSS and the application')
    await expect.element(bar).not.toHaveAttribute('aria-valuenow')

    script.forms[0]?.settle({ key: 'demo/1', url: '/uploads/1/content', evil: 'javascript:alert(1)' })
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'done')
    await expect.element(page.getByRole('link')).toHaveAttribute('href', '/uploads/1/content')
    await expect.element(page.getByText('javascript:alert(1)')).toBeVisible()
    expect(onDone).toHaveBeenCalledTimes(1)
    expect(onDone.mock.calls[0]?.[0]).toMatchObject({ phase: 'done', result: { key: 'demo/1' } })
    expect(document.querySelector<HTMLInputElement>('input[type=hidden][name=attachment]')?.value).toMatch(/^record-/)
  })

  it('that is stored but unconfirmed says why, and "Confirm again" ends it without sending a byte', async () => {
    const onUnconfirmed = vi.fn()
    const onDone = vi.fn()
    await show({}, { onUnconfirmed, onDone })
    script.confirmWith({
      refusal: { code: 'forbidden', detail: 'Your session has ended', hint: 'Sign in, then confirm again.' },
    })
    drag('drop', [textFile('cat.txt')])
    await send(203, '<Error><Code>CallbackFailed</Code></Error>')
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'unconfirmed')
    await expect.element(row('cat.txt')).toHaveTextContent('Your session has ended')
    await expect.element(row('cat.txt')).toHaveTextContent('Sign in, then confirm again.')
    await expect.element(row('cat.txt')).toHaveTextContent(/Asking again in \d+s/)
    expect(onUnconfirmed).toHaveBeenCalledTimes(1)

    script.confirmWith({ result: { key: 'demo/1' } })
    await row('cat.txt').getByRole('button', { name: 'Confirm again' }).click()
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'done')
    expect(onDone).toHaveBeenCalledTimes(1)
    expect(script.forms).toHaveLength(1)
  })

  it('that failed says what OSS said, and "Retry" sends it again', async () => {
    const onFailed = vi.fn()
    await show({}, { onFailed })
    drag('drop', [textFile('cat.txt')])
    await send(403, said)
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'failed')
    for (const fact of ['OSS refused the upload', 'AccessDenied', '0006-00000227', '5C3D9175B6FC201293AD4890']) {
      await expect.element(row('cat.txt')).toHaveTextContent(fact)
    }
    expect(row('cat.txt').element().textContent).not.toMatch(/stored|uploaded/i)
    expect(onFailed).toHaveBeenCalledTimes(1)

    await row('cat.txt').getByRole('button', { name: 'Retry' }).click()
    await expect.poll(() => script.forms.length).toBe(2)
    script.forms[1]?.settle('thanks')
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'done')
  })

  it('shows its name as text, whole in the title', async () => {
    await show()
    const evil = '<img src=x onerror=alert(1)>, a name that is long enough to be cut somewhere.txt'
    drag('drop', [textFile(evil)])
    await expect.element(page.getByTitle(evil)).toBeVisible()
    expect(page.getByTitle(evil).element().textContent).toBe(evil)
    expect(document.querySelector('img')).toBeNull()
  })

  it('shows an answer with `renderResult` where that is given', async () => {
    await show({}, { renderResult: ({ result }) => <strong>Mine: {JSON.stringify(result)}</strong> })
    drag('drop', [textFile('cat.txt')])
    await send(200)
    await expect.element(page.getByText('Mine: {"key":"demo/1"}')).toBeVisible()
  })
})

describe('the focus', () => {
  it('stays in the row when its button goes, and is not where a second press would do harm', async () => {
    await show()
    drag('drop', [textFile('cat.txt')])
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'sending')
    row('cat.txt').getByRole('button', { name: 'Cancel' }).element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'cancelled')
    await expect.element(row('cat.txt')).toHaveFocus()
  })

  it('goes to the next row when a row is removed, and to the button that adds files after the last', async () => {
    await show()
    drag('drop', [textFile('a.txt'), textFile('b.txt')])
    await expect.poll(() => script.forms.length).toBe(2)
    for (const form of script.forms) form.settle(null)
    await expect.element(row('b.txt')).toHaveAttribute('data-phase', 'done')
    row('a.txt').getByRole('button', { name: 'Remove' }).element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(row('b.txt')).toHaveFocus()
    row('b.txt').getByRole('button', { name: 'Remove' }).element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByRole('button', { name: 'Browse files' })).toHaveFocus()
  })

  it('is not taken from where somebody is writing', async () => {
    await show()
    drag('drop', [textFile('a.txt')])
    await expect.poll(() => script.forms.length).toBe(1)
    await row('a.txt').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('textbox', { name: 'Notes' }).click()
    script.uploader.clear()
    await expect.poll(names).toEqual([])
    await expect.element(page.getByRole('textbox', { name: 'Notes' })).toHaveFocus()
  })
})

describe('many files', () => {
  it('are told in one line, and at the end with what can be done', async () => {
    await show()
    drag('drop', numbered(3, 1000))
    await expect.element(page.getByText('0 of 3 finished')).toBeVisible()
    await expect.poll(() => script.forms.length).toBe(3)
    script.forms[0]?.settle(null)
    script.forms[1]?.settle(null)
    script.forms[2]?.answer(403, said)
    await expect.element(page.getByText('2 done, 1 failed', { exact: true }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Retry failed' }).click()
    await expect.poll(() => script.forms.length).toBe(4)
    script.forms[3]?.settle(null)
    await page.getByRole('button', { name: 'Clear list' }).click()
    await expect.poll(names).toEqual([])
  })

  it('are told to a screen reader in few words', async () => {
    await show()
    drag('drop', numbered(3, 1000))
    await expect.element(page.getByText('3 files added')).toBeInTheDocument()
    await expect.poll(() => script.forms.length).toBe(3)
    for (const form of script.forms) form.answer(403, said)
    await expect.element(page.getByRole('alert')).toHaveTextContent('3 files failed. OSS refused the upload')
  })

  it('10,000 of them: no more than 100 rows in the page, each a listed item of the whole', async () => {
    await show()
    script.uploader.add('demo', numbered(10_000, 1))
    await expect.poll(() => rows().length).toBeGreaterThan(5)
    expect(rows().length).toBeLessThanOrEqual(100)
    const list = page.getByRole('region', { name: 'Uploads' }).getByRole('list').element()
    expect(list.getBoundingClientRect().height).toBeGreaterThan(10_000 * 50)
    const last = rows().at(-1)
    expect(last?.getAttribute('aria-setsize')).toBe('10000')
    list.parentElement?.scrollTo(0, list.scrollHeight)
    await expect.element(page.getByTitle('f9999.txt')).toBeVisible()
    expect(rows().length).toBeLessThanOrEqual(100)
  })
})

describe('the language', () => {
  it('is the document’s, and changes with it', async () => {
    await show()
    document.documentElement.lang = 'zh-CN'
    await expect.element(page.getByRole('button', { name: '选择文件' })).toBeVisible()
    drag('drop', [textFile('cat.txt')])
    await send(403, said)
    await expect.element(row('cat.txt')).toHaveTextContent('OSS 拒绝了上传')
    await expect.element(row('cat.txt').getByRole('button', { name: '重试' })).toBeVisible()
  })
})

describe.each(['light', 'dark'] as const)('accessibility, %s', (theme) => {
  it.each([
    ['idle', async () => {}],
    ['accepting', async () => drag('dragenter', [textFile('a.txt')])],
    ['refusing', async () => drag('dragenter', [new File(['x'], 'a.zip', { type: 'application/zip' })])],
    ['rejected', async () => drag('drop', [new File(['x'], 'a.zip'), ...numbered(6, 2000)])],
    [
      'sending',
      async () => {
        drag('drop', numbered(8, 100))
        await expect.poll(() => script.forms.length).toBe(5)
        script.forms[0]?.progress(0.5)
        script.forms[1]?.progress(1)
      },
    ],
    [
      'done',
      async () => {
        drag('drop', [textFile('a.txt')])
        await send(200)
      },
    ],
    [
      'unconfirmed',
      async () => {
        drag('drop', [textFile('a.txt')])
        await send(203)
      },
    ],
    [
      'failed',
      async () => {
        drag('drop', numbered(2, 10))
        await expect.poll(() => script.forms.length).toBe(2)
        for (const form of script.forms) form.answer(403, said)
      },
    ],
    [
      'cancelled',
      async () => {
        drag('drop', [textFile('a.txt')])
        await row('a.txt').getByRole('button', { name: 'Cancel' }).click()
      },
    ],
    ['a long list', async () => void script.uploader.add('demo', numbered(200, 1))],
  ])('nothing to complain about: %s', async (_state, arrive) => {
    document.documentElement.dataset.theme = theme
    document.body.style.background = theme === 'dark' ? '#000' : '#fff'
    document.body.style.color = theme === 'dark' ? '#fff' : '#000'
    await show({ accept: ['text/*'], maxBytes: 1000 })
    await arrive()
    // Colours are judged at rest, not half-way through a transition.
    await new Promise((resolve) => setTimeout(resolve, 400))
    const { violations } = await axe.run(document)
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  })
})

/** OSS answers the only form that is under way. */
async function send(status: number, body = ''): Promise<void> {
  await expect.poll(() => script.forms.length).toBe(1)
  script.forms[0]?.progress(1)
  if (status === 200) script.forms[0]?.settle({ key: 'demo/1' })
  else script.forms[0]?.answer(status, body)
}

function textFile(name: string, size = 3): File {
  return new File(['x'.repeat(size)], name, { type: 'text/plain' })
}

function numbered(count: number, size: number): File[] {
  return Array.from({ length: count }, (_, index) => textFile(`f${index}.txt`, size))
}

function drag(type: 'dragenter' | 'dragleave' | 'drop', files: File[]): void {
  const dataTransfer = transferOf(files)
  dropArea().dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
}

function paste(target: Element, files: File[]): ClipboardEvent {
  const event = new ClipboardEvent('paste', { clipboardData: transferOf(files), bubbles: true, cancelable: true })
  target.dispatchEvent(event)
  return event
}

function transferOf(files: File[]): DataTransfer {
  const transfer = new DataTransfer()
  for (const file of files) transfer.items.add(file)
  return transfer
}

function dropArea(): HTMLElement {
  const area = document.querySelector<HTMLElement>('[data-dropzone]')
  if (area === null) throw new Error('there is no drop area')
  return area
}

function fileInput(): HTMLInputElement {
  const input = document.querySelector<HTMLInputElement>('input[type=file]')
  if (input === null) throw new Error('there is no file input')
  return input
}

function rows(): Element[] {
  return [...document.querySelectorAll('.od-list > [data-upload-id]')]
}

function names(): (string | undefined)[] {
  return rows().map((element) => element.querySelector('[title]')?.getAttribute('title') ?? undefined)
}

function row(name: string) {
  return page.getByRole('listitem').filter({ has: page.getByTitle(name, { exact: true }) })
}
