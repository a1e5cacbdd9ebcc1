import { afterEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { container, drag, row, script, showParts, textFile } from './dropzone-stage.fixture.tsx'
import type { Messages } from './messages.ts'
import { en } from './messages-en.ts'
import { UploadDropzone } from './upload-dropzone.tsx'

afterEach(() => document.documentElement.removeAttribute('dir'))

it('a language that is written from the right has everything mirrored, and none of our own words left in it', async () => {
  document.documentElement.dir = 'rtl'
  showParts(<UploadDropzone route="demo" locale="ar" messages={hebrew(en)} />, { maxBytes: 100 })
  await expect.element(page.getByRole('button').first()).toBeVisible()
  drag('drop', [textFile('report.txt'), textFile('b.txt'), textFile('large.txt', 2000)])
  await expect.poll(() => script.forms.length).toBe(2)
  script.forms[0]?.progress(0.5)
  await expect.element(row('report.txt')).toHaveAttribute('data-phase', 'sending')

  const box = (selector: string) => container.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect()
  expect(box('.od-thumbnail').left).toBeGreaterThan(box('.od-row .od-name').right)
  // The name is written from the left, and yet stands where the line begins.
  expect(box('.od-thumbnail').left - box('.od-row .od-name').right).toBeLessThan(16)
  expect(box('.od-row .od-actions').right).toBeLessThan(box('.od-row-text').left)
  expect(box('.od-notice .od-mark').left).toBeGreaterThan(box('.od-notice .od-button').right)
  // The line grows from the right, in the row and in the summary.
  for (const [selector, pseudo] of [
    ['.od-row .od-progress', '::before'],
    ['.od-summary', '::after'],
  ] as const) {
    const line = getComputedStyle(container.querySelector(selector) as Element, pseudo)
    await expect.poll(() => parseFloat(line.inlineSize), { message: selector }).toBeGreaterThan(0)
    expect(parseFloat(line.right), selector).toBeLessThan(parseFloat(line.left))
  }
  expect(container.querySelector('.od-root')?.getAttribute('lang')).toBe('ar')
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(window.innerWidth)

  const latin = Array.from(
    container.querySelectorAll('.od-root button, .od-root p:not([lang])'),
    ({ textContent }) => textContent,
  )
  expect(latin.filter((text) => /[A-Za-z]{3,}/.test(text?.replace(/MiB|KiB/g, '') ?? ''))).toEqual([])
  await expect.element(page.getByRole('list').first()).toBeVisible()
})

/** The English texts in letters that are written from the right: a language in which nothing is missed. */
function hebrew(messages: Messages): Messages {
  return flip(messages) as Messages
}

function flip(message: unknown): unknown {
  if (typeof message === 'string')
    return message.replace(/[a-z]/gi, (letter) => LETTERS[letter.toLowerCase().charCodeAt(0) - 97] ?? '')
  if (typeof message === 'function') return (...facts: unknown[]) => flip(message(...facts))
  return Object.fromEntries(Object.entries(message as object).map(([name, member]) => [name, flip(member)]))
}

const LETTERS = Array.from('אבגדהוזחטיכלמנסעפצקרשתךםןף')
