import { afterEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  container,
  drag,
  dropArea,
  fileInput,
  names,
  numbered,
  paste,
  REFUSED,
  row,
  rows,
  script,
  send,
  show,
  textFile,
} from './dropzone-stage.fixture.tsx'

describe('files come in', () => {
  it('by dropping on the page, where that is wanted', async () => {
    await show({ accept: ['text/*'] }, { dropOn: 'page' })
    drag('dragenter', [textFile('a.txt')], document.body)
    await expect.poll(() => dropArea().dataset.verdict).toBe('accept')
    drag('dragenter', [textFile('a.txt')], page.getByText('Section').element())
    drag('dragleave', [textFile('a.txt')], document.body)
    await expect.poll(() => dropArea().dataset.verdict).toBe('accept')
    drag('drop', [textFile('a.txt')], page.getByText('Section').element())
    await expect.poll(names).toEqual(['a.txt'])
    expect(dropArea().dataset.verdict).toBeUndefined()
  })

  it('and not there, where it is not; nor does the browser open them in place of the page', async () => {
    await show()
    const event = drag('drop', [textFile('a.txt')], page.getByText('Section').element())
    expect(event.defaultPrevented).toBe(true)
    drag('drop', [textFile('b.txt')])
    await expect.poll(names).toEqual(['b.txt'])
  })

  it('but into a file input of the page’s own the browser drops them itself, and what is no file it drops as ever', async () => {
    await show({}, { dropOn: 'page' })
    const own = container.appendChild(Object.assign(document.createElement('input'), { type: 'file' }))
    expect(drag('drop', [textFile('a.txt')], own).defaultPrevented).toBe(false)
    expect(drag('drop', [], page.getByText('Section').element()).defaultPrevented).toBe(false)
    expect(script.uploader.getSnapshot()).toEqual([])
  })

  it('by choosing a folder, and their place in it is shown', async () => {
    await show()
    const asked: (string | null)[] = []
    fileInput().addEventListener('click', (event) => {
      event.preventDefault()
      asked.push(fileInput().getAttribute('webkitdirectory'))
    })
    await page.getByRole('button', { name: 'Choose folder' }).click()
    await page.getByRole('button', { name: 'Browse files' }).click()
    expect(asked).toEqual(['', null])
    const file = textFile('cat.txt')
    Object.defineProperty(file, 'webkitRelativePath', { value: 'photos/2026/cat.txt' })
    script.uploader.add('demo', [file])
    await expect.element(page.getByTitle('photos/2026/cat.txt')).toHaveTextContent('photos/2026/cat.txt')
  })

  it('one only where the route takes one: there is no folder to choose', async () => {
    await show({ maxFiles: 1 })
    await expect.element(page.getByRole('button', { name: 'Browse for a file' })).toBeVisible()
    await expect.element(page.getByRole('button', { name: 'Choose folder' })).not.toBeInTheDocument()
  })

  it('from the camera of a phone, of the kinds that the route takes', async () => {
    const coarse = Object.assign(new EventTarget(), { matches: true }) as unknown as MediaQueryList
    vi.spyOn(window, 'matchMedia').mockReturnValue(coarse)
    // Chromium knows it on phones alone.
    Object.defineProperty(HTMLInputElement.prototype, 'capture', { configurable: true, value: '' })
    await show({ accept: ['image/*', '.pdf'] })
    const asked: (string | null)[] = []
    fileInput().addEventListener('click', (event) => {
      event.preventDefault()
      asked.push(fileInput().getAttribute('capture'), fileInput().accept)
    })
    await page.getByRole('button', { name: 'Use camera' }).click()
    await page.getByRole('button', { name: 'Browse files' }).click()
    expect(asked).toEqual(['environment', 'image/*', null, 'image/*,.pdf'])
    await expect.element(page.getByRole('button', { name: 'Choose folder' })).not.toBeInTheDocument()
    Reflect.deleteProperty(HTMLInputElement.prototype, 'capture')
  })

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

describe('a route that the server does not have', () => {
  it('is told at once, with those it has', async () => {
    await show({}, { route: 'demmo' })
    await expect.element(page.getByText(/no route "demmo".*It has: demo/)).toBeVisible()
  })
})

describe('without a connection', () => {
  it('a banner says that uploads are held, and a screen reader is told', async () => {
    await show()
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    window.dispatchEvent(new Event('offline'))
    await expect.element(page.getByText(/^No connection/).first()).toBeVisible()
    await expect.element(page.getByRole('alert')).toHaveTextContent('No connection')
    online.mockRestore()
    window.dispatchEvent(new Event('online'))
    await expect.element(page.getByText(/^No connection/)).not.toBeInTheDocument()
  })
})

describe('a connection that the browser does not believe in', () => {
  it('is tried on demand, and held again when that fails', async () => {
    await show()
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    window.dispatchEvent(new Event('offline'))
    drag('drop', [textFile('a.txt')])
    await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'queued')
    const tryNow = page.getByRole('button', { name: 'Try now' })
    await tryNow.click()
    await expect.poll(() => script.forms.length).toBe(1)
    script.forms[0]?.lose()
    await expect.element(row('a.txt')).toHaveTextContent('Waiting, number 1 in line')
    expect(script.forms.length).toBe(1)

    await tryNow.click()
    await expect.poll(() => script.forms.length).toBe(2)
    script.forms[1]?.settle(null)
    await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'done')
    online.mockRestore()
    window.dispatchEvent(new Event('online'))
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
    await send(403, REFUSED)
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

describe('a pause', () => {
  it('says what it costs, holds the upload, and ends by the same place', async () => {
    await show()
    drag('drop', [textFile('cat.txt')])
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'sending')
    await row('cat.txt').getByRole('button', { name: 'Pause (it starts again)' }).click()
    await expect.element(row('cat.txt').getByText('Paused, starts from the beginning')).toBeVisible()
    await row('cat.txt').getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => script.forms.length).toBe(2)
    script.forms[1]?.settle(null)
    await expect.element(row('cat.txt')).toHaveAttribute('data-phase', 'done')
  })

  it('is for all at once, too', async () => {
    await show()
    drag('drop', numbered(7, 1000))
    await expect.poll(() => script.forms.length).toBe(5)
    await page.getByRole('button', { name: 'Pause all' }).click()
    await expect.element(page.getByRole('button', { name: 'Pause all' })).not.toBeInTheDocument()
    await page.getByRole('button', { name: 'Resume all' }).click()
    await expect.poll(() => script.forms.length).toBe(10)
    await expect.element(page.getByRole('button', { name: 'Resume all' })).not.toBeInTheDocument()
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
    script.forms[2]?.answer(403, REFUSED)
    await expect.element(page.getByText('2 done, 1 failed', { exact: true }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Retry failed' }).click()
    await expect.poll(() => script.forms.length).toBe(4)
    script.forms[3]?.settle(null)
    await page.getByRole('button', { name: 'Clear list' }).click()
    await expect.poll(names).toEqual([])
  })

  it('are added to, when all has ended, by the dialog of the drop area, and nothing is said of it', async () => {
    await show()
    const opened = vi.fn((event: Event) => event.preventDefault()) // no dialog: nobody could close it
    fileInput().addEventListener('click', opened)
    drag('drop', numbered(2, 1000))
    await expect.element(page.getByRole('status')).toHaveTextContent('2 files added')
    await expect.poll(() => script.forms.length).toBe(2)
    const more = page.getByRole('button', { name: 'Add more' })
    await expect.element(more).not.toBeInTheDocument()
    for (const form of script.forms) form.settle(null)
    await expect.element(page.getByRole('status')).toHaveTextContent('2 files uploaded. 2 done')
    const heard = page.getByRole('status').element().textContent
    await more.click()
    expect(opened).toHaveBeenCalledTimes(1)
    more.element().focus()
    await userEvent.keyboard('{Enter}')
    expect(opened).toHaveBeenCalledTimes(2)
    expect(page.getByRole('status').element().textContent).toBe(heard)
    await userEvent.upload(fileInput(), [textFile('more.txt')])
    await expect.element(page.getByText('2 of 3 finished')).toBeVisible()
    await expect.element(page.getByRole('status')).toHaveTextContent(/^1 file added/)
    await expect.element(more).not.toBeInTheDocument()
  })

  it('are told to a screen reader at the start and at each quarter, in the page itself', async () => {
    await show()
    drag('drop', [textFile('film.txt', 100_000)])
    const heard = page.getByRole('status')
    await expect.element(heard).toHaveTextContent('1 file added. Sending film.txt')
    for (const [sent, said] of [
      [0.26, '25% sent'],
      [0.51, '50% sent'],
      [0.76, '75% sent'],
      [1, 'All bytes sent. Waiting for OSS and the application'],
    ] as const) {
      script.forms[0]?.progress(sent)
      await expect.element(heard).toHaveTextContent(new RegExp(`^${said}$`))
    }
    script.forms[0]?.settle(null)
    await expect.element(heard).toHaveTextContent(/^film.txt uploaded$/)
    expect(page.getByRole('alert').element().textContent).toBe('')
  })

  it('are told to a screen reader in few words', async () => {
    await show()
    drag('drop', numbered(3, 1000))
    await expect.element(page.getByText('3 files added')).toBeInTheDocument()
    await expect.poll(() => script.forms.length).toBe(3)
    for (const form of script.forms) form.answer(403, REFUSED)
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

describe('the theme', () => {
  const scheme = () => getComputedStyle(document.querySelector('.od-root') as Element).colorScheme
  afterEach(() => document.documentElement.removeAttribute('data-theme'))

  it.each(['light', 'dark'])('is %s where the page says so, and the system’s where it does not', async (theme) => {
    await show()
    expect(scheme()).toBe('light dark')
    document.documentElement.dataset.theme = theme
    expect(scheme()).toBe(theme)
  })

  it.each([
    ['light', 'dark'],
    ['dark', 'light'],
  ] as const)('is %s where the dropzone says so, on a page that is %s', async (theme, other) => {
    await show({}, { theme })
    document.documentElement.dataset.theme = other
    expect(scheme()).toBe(theme)
  })
})

describe('the language', () => {
  it('is the document’s, and changes with it', async () => {
    await show()
    document.documentElement.lang = 'zh-CN'
    await expect.element(page.getByRole('button', { name: '选择文件' })).toBeVisible()
    drag('drop', [textFile('cat.txt')])
    await send(403, REFUSED)
    await expect.element(row('cat.txt')).toHaveTextContent('OSS 拒绝了上传')
    await expect.element(row('cat.txt').getByRole('button', { name: '重试' })).toBeVisible()
  })
})
