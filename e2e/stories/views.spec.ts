import type { Locator, Page } from '@playwright/test'
import { findFaults, tabTo } from '../stage/access.ts'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage, test } from '../stage/stage.ts'

const file = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('the report') }

interface ViewUnderTest {
  address: string
  /** Stands there once the view has all that it shows. */
  whole: (page: Page) => Locator
}

/** Uploads a file and gives every view, each with something to show. */
async function viewsOf(page: Page, stage: Stage): Promise<ViewUnderTest[]> {
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
  const { items } = await (await page.request.get(`${stage.origin}/uploads`)).json()
  await stage.setFault({ name: 'callback-slow', delayMs: 1, count: 3 })
  return [
    { address: '/', whole: () => page.locator('[data-record-id]') },
    { address: `/records/${items[0].id}`, whole: () => page.locator('.chapter').last() },
    { address: '/records/none', whole: () => page.locator('.calm') },
    { address: '/embed', whole: () => page.frameLocator('.upload-frame').getByRole('button') },
    { address: '/foreign.html', whole: () => page.getByRole('button') },
    { address: '/faults', whole: () => page.getByRole('switch', { checked: true }) },
    { address: '/elsewhere', whole: () => page.locator('.calm') },
  ]
}

// Each theme and each language once; what they have to do with each other is colours and lengths, which are not both wrong.
for (const [colorScheme, locale] of [
  ['light', 'zh-CN'],
  ['dark', 'en'],
] as const) {
  test(`no view has a fault that axe finds, or is wider than its window: ${colorScheme}, ${locale}`, async ({
    page,
    stage,
  }) => {
    test.setTimeout(180_000)
    await page.emulateMedia({ colorScheme })
    const views = await viewsOf(page, stage)
    await page.getByLabel('Language').selectOption(locale)
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      for (const { address, whole } of views) {
        const what = `${address} at ${width} px`
        await page.goto(stage.origin + (address === '/foreign.html' ? `${address}?lang=${locale}` : address))
        await expect(page.getByRole('heading', { level: 1 }), what).toBeVisible()
        await expect(whole(page).first(), what).toBeVisible()
        // What is one click away is looked at, too.
        for (const summary of await page.locator('summary').all()) await summary.click()
        expect(await findFaults(page), what).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), what).toBe(0)
        expect(await page.evaluate(() => document.documentElement.lang), what).toBe(locale)
      }
    }
  })
}

test('by keyboard alone: past the head, to a record, its raw text, back, and a fault on and off', async ({
  page,
  stage,
}) => {
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'done')
  await page.reload()
  await expect(page.getByRole('region', { name: 'History' })).toContainText(file.name)

  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await tabTo(page, page.getByRole('region', { name: 'History' }).getByRole('link', { name: file.name, exact: true }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: file.name })).toBeFocused()

  const sent = page.getByRole('region', { name: 'What OSS sent' })
  await expect(sent).toBeVisible()
  await tabTo(page, sent.locator('summary'))
  await page.keyboard.press('Enter')
  await expect(sent.locator('pre')).toBeVisible()

  await tabTo(page, page.getByRole('link', { name: 'Upload and history' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: /^Drop a file/ })).toBeFocused()
  await tabTo(page, page.getByRole('navigation').getByRole('link', { name: 'Faults' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Faults of the local OSS' })).toBeFocused()
  const lost = page.getByRole('switch', { name: 'Answer lost' })
  await tabTo(page, lost)
  await page.keyboard.press('Space')
  await expect(lost).toBeChecked()
  await expect(lost).toBeFocused()
  await page.keyboard.press('Space')
  await expect(lost).not.toBeChecked()
  await expect(lost).toBeFocused()
})

test('a view has its title, in the language of the visitor, and the choice outlives a reload', async ({
  page,
  stage,
}) => {
  await page.goto(`${stage.origin}/embed`)
  await expect(page).toHaveTitle('Embed it · oss-direct')
  await page.getByLabel('Language').selectOption('zh-CN')
  await expect(page).toHaveTitle('嵌入 · oss-direct')
  await page.reload()
  await expect(page).toHaveTitle('嵌入 · oss-direct')
  await expect(page.getByRole('heading', { level: 1, name: '嵌入' })).toBeVisible()
})

test('nothing moves for those who want no motion, and forced colours are those of the system', async ({
  page,
  stage,
}) => {
  await stage.setHook({ does: 'hold' })
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'confirming')
  const motions = () => page.evaluate(() => document.getAnimations().map(({ effect }) => effect?.getTiming().duration))
  const accent = () => uploadRow(page, file.name).evaluate((row) => getComputedStyle(row).getPropertyValue('--_accent'))
  await expect.poll(motions).toEqual([1600])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await expect.poll(motions).toEqual([])
  expect(await accent()).not.toBe('Highlight')
  await page.emulateMedia({ forcedColors: 'active' })
  expect(await accent()).toBe('Highlight')
})

test('a look is chosen by keyboard and kept; in each, in light and in dark, axe finds nothing', async ({
  page,
  stage,
}) => {
  test.setTimeout(120_000)
  await stage.setFault({ name: 'error', status: 403, code: 'AccessDenied', operation: 'PostObject', count: 1 })
  const { drop } = await openPage(page, stage)
  await drop([file])
  await expect(uploadRow(page, file.name)).toHaveAttribute('data-phase', 'failed')
  await drop([{ ...file, name: 'notes.txt' }])
  await expect(uploadRow(page, 'notes.txt')).toHaveAttribute('data-phase', 'done')
  await expect(page.locator('[data-record-id]')).not.toHaveCount(0)

  const look = page.getByRole('combobox', { name: 'Look' })
  const seen = new Set<string>()
  await tabTo(page, look)
  for (const name of ['Plain', 'Paper', 'Signal', 'Mint']) {
    await expect(look.locator('option:checked')).toHaveText(name)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      expect(await findFaults(page), `${name}, ${colorScheme}`).toEqual([])
      seen.add(await page.locator('.od-scroller').evaluate(looksOf))
    }
    await page.keyboard.press('ArrowDown')
  }
  expect(seen.size).toBe(8)

  await page.reload()
  await expect(look).toHaveValue('mint')
  await expect(page.locator('html')).toHaveClass('mint')
})

function looksOf(element: Element): string {
  const { backgroundColor, borderColor, borderRadius } = getComputedStyle(element)
  return [backgroundColor, borderColor, borderRadius].join(' ')
}
