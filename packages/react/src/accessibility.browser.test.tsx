import axe from 'axe-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { drag, numbered, REFUSED, row, script, send, show, showWith, textFile } from './dropzone-stage.fixture.tsx'
import { scriptUploader } from './scripted-uploader.fixture.ts'

afterEach(() => {
  vi.restoreAllMocks()
  window.dispatchEvent(new Event('online'))
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
        for (const form of script.forms) form.answer(403, REFUSED)
      },
    ],
    [
      'cancelled',
      async () => {
        drag('drop', [textFile('a.txt')])
        await row('a.txt').getByRole('button', { name: 'Cancel' }).click()
      },
    ],
    [
      'left unfinished',
      async () => {
        script.uploader.dispose()
        const left = (name: string) => ({
          ...({ id: name, route: 'demo', addedAt: Date.now(), stage: 'unsent', storedBytes: 0 } as const),
          file: { name, size: 3, type: 'text/plain', lastModified: 1 },
        })
        await showWith(scriptUploader({}, [left('a.txt'), left('b.txt')]))
        await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'needs-file')
        script.uploader.reattach('a.txt', textFile('a.txt', 9))
        await expect.element(row('a.txt')).toHaveTextContent('This is another file')
      },
    ],
    [
      'paused',
      async () => {
        drag('drop', numbered(3, 10))
        await expect.poll(() => script.forms.length).toBe(3)
        await page.getByRole('button', { name: 'Pause all' }).click()
        await expect.element(row('f1.txt')).toHaveAttribute('data-phase', 'paused')
      },
    ],
    [
      'offline',
      async () => {
        vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
        window.dispatchEvent(new Event('offline'))
        drag('drop', numbered(2, 10))
        await expect.element(row('f1.txt')).toHaveAttribute('data-phase', 'queued')
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
