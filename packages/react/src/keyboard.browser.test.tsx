import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  container,
  drag,
  fileInput,
  numbered,
  REFUSED,
  row,
  rows,
  script,
  show,
  textFile,
} from './dropzone-stage.fixture.tsx'

/** What a person reaches by Tab from here on, by name. */
async function tabThrough(count: number): Promise<string[]> {
  const names: string[] = []
  for (let step = 0; step < count; step += 1) {
    await userEvent.tab()
    names.push(nameOf(document.activeElement))
  }
  return names
}

function nameOf(element: Element | null): string {
  return element?.getAttribute('title') ?? element?.getAttribute('aria-label') ?? element?.textContent ?? ''
}

describe('by keyboard alone', () => {
  it('files are added, paused, gone on with, tried again, looked at, and put away', async () => {
    await show()
    fileInput().addEventListener('click', (event) => event.preventDefault())
    expect(await tabThrough(2)).toEqual(['Browse files', 'Choose folder'])
    await userEvent.upload(fileInput(), [textFile('a.txt'), textFile('b.txt')])
    await expect.poll(() => script.forms.length).toBe(2)
    await expect.element(row('b.txt')).toBeInTheDocument()

    page.getByRole('button', { name: 'Choose folder' }).element().focus()
    expect(await tabThrough(6)).toEqual([
      'Pause all',
      'Cancel all',
      'Pause (it starts again)',
      'Cancel',
      'Pause (it starts again)',
      'Cancel',
    ])
    await userEvent.tab({ shift: true })
    await userEvent.keyboard('{Enter}')
    await expect.element(row('b.txt')).toHaveAttribute('data-phase', 'paused')
    await expect.element(row('b.txt')).toHaveFocus()
    await userEvent.tab()
    expect(nameOf(document.activeElement)).toBe('Resume')
    await userEvent.keyboard(' ')
    await expect.poll(() => script.forms.length).toBe(3)

    script.forms[2]?.answer(403, REFUSED)
    await expect.element(row('b.txt')).toHaveAttribute('data-phase', 'failed')
    await expect.element(row('b.txt')).toHaveFocus()
    await userEvent.tab()
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => script.forms.length).toBe(4)
    script.forms[3]?.settle({ url: '/here' })
    script.forms[0]?.settle(null)
    await expect.element(row('b.txt')).toHaveAttribute('data-phase', 'done')
    await expect.element(row('b.txt')).toHaveFocus()

    expect(await tabThrough(2)).toEqual(['Hide answer', 'Remove'])
    await userEvent.keyboard('{Enter}')
    await expect.element(row('a.txt')).toHaveFocus()
    expect(await tabThrough(3)).toEqual(['Hide answer', 'Remove', 'Copy JSON'])
  })

  it('a long list is scrolled to its end, and the row that has the focus stays', async () => {
    await show()
    script.uploader.add('demo', numbered(300, 1))
    await expect.poll(() => rows().length).toBeGreaterThan(5)
    const scroller = page.getByRole('list').element().parentElement as HTMLElement
    scroller.focus()
    await userEvent.tab()
    const focused = document.activeElement
    scroller.scrollTo(0, scroller.scrollHeight)
    await expect.element(page.getByTitle('f299.txt')).toBeVisible()
    expect(document.activeElement).toBe(focused)
    expect(rows()[0]?.contains(focused)).toBe(true)
  })
})

describe('whoever cannot aim well, or looks at it through a narrow window', () => {
  it('finds nothing smaller than 24 pixels to press', async () => {
    await show({ maxBytes: 100 })
    drag('drop', [...numbered(3, 3), ...numbered(6, 2000)])
    await expect.poll(() => script.forms.length).toBe(3)
    script.forms[0]?.settle({ a: 1 })
    script.forms[1]?.answer(403, REFUSED)
    await expect.element(row('f1.txt')).toHaveAttribute('data-phase', 'failed')
    const small = Array.from(container.querySelectorAll('button, summary, [tabindex="0"]'), (element) => {
      const { width, height } = element.getBoundingClientRect()
      return width >= 24 && height >= 24 ? [] : [`${nameOf(element)}: ${width} x ${height}`]
    })
    expect(small.flat()).toEqual([])
  })

  it('scrolls in one direction only at 320 pixels, which are 1280 at 400 %', async () => {
    await page.viewport(320, 640)
    await show({ maxBytes: 100, accept: ['image/*', '.pdf', '.txt', 'text/plain'] })
    const long = `${'a-very-long-name-'.repeat(8)}.txt`
    drag('drop', [textFile(long), textFile(`b${long}`), textFile('c.txt'), textFile(`d${long}`, 2000)])
    await expect.poll(() => script.forms.length).toBe(3)
    script.forms[0]?.settle({
      key: 'x'.repeat(200),
      url: `https://e.example/${'y'.repeat(200)}`,
      list: [{ a: 'z'.repeat(90) }],
    })
    script.forms[1]?.answer(403, REFUSED)
    await expect.element(row(`b${long}`)).toHaveAttribute('data-phase', 'failed')
    const root = container.querySelector('.od-root') as HTMLElement
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
    // Names are cut on purpose; what else does not fit would be cut away unseen.
    const cut = Array.from(root.querySelectorAll('.od-row, .od-notice, .od-result-body, .od-error'), (element) =>
      element.scrollWidth > element.clientWidth ? [element.outerHTML.slice(0, 90)] : [],
    )
    expect(cut.flat()).toEqual([])
    await page.viewport(1024, 768)
  })
})
