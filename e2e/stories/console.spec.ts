import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { findFaults, tabTo } from '../stage/access.ts'
import { answerJson, type ConsoleStage, expect, test } from '../stage/console.ts'

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function openConsole(page: Page, { origin }: ConsoleStage, address = ''): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${origin}/_console/${address}`)
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
}

const rows = (page: Page) => page.locator('.row')

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 320]) {
    test(`no view has a fault that axe finds, or is wider than its window: ${colorScheme}, ${width} px`, async ({
      page,
      stage,
    }) => {
      test.setTimeout(120_000)
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      const look = async (what: string) => {
        expect(await findFaults(page), what).toEqual([])
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect(overflow, `${what} is too wide`).toBeLessThanOrEqual(0)
      }
      for (const address of ['', '#/buckets/photos', '#/requests', '#/callbacks']) {
        await openConsole(page, stage, address)
        await look(`${address}, empty`)
      }

      await stage.sdk.put('a/picture.png', PIXEL, { callback: stage.callback() })
      await stage.sdk.put(`${'a long key '.repeat(20)}.txt`, Buffer.from('hello'))
      stage.setAnswer((response) => void response.writeHead(500).end('<h1>down</h1>'))
      await stage.sdk.put('b.bin', Buffer.from([0, 1]), { callback: stage.callback() }).catch(() => undefined)
      await openConsole(page, stage, `#/buckets/photos?key=${encodeURIComponent('a/picture.png')}`)
      await expect(page.getByRole('img', { name: 'Preview of a/picture.png' })).toBeVisible()
      await look('an object')
      await page.getByRole('button', { name: 'Delete' }).click()
      await look('a question')
      for (const address of ['#/requests', '#/callbacks']) {
        await openConsole(page, stage, address)
        await expect(rows(page).first()).toBeVisible()
        for (const head of await page.locator('.row-head').all()) await head.click()
        await expect(page.locator('.row-detail h2').last()).toBeVisible()
        await look(address)
      }
      await openConsole(page, stage, '#/faults')
      for (const scope of await page.locator('summary').all()) await scope.click()
      for (const set of await page.getByRole('button', { name: 'Switch on' }).all()) await set.click()
      await expect(page.getByText('Switch all off')).toBeVisible()
      await look('faults')
    })
  }
}

test('requests appear as they happen, can be filtered, opened and held back, and the log can be cleared', async ({
  page,
  stage,
}) => {
  await openConsole(page, stage, '#/requests')
  await expect(page.getByRole('heading', { name: 'No request yet' })).toBeVisible()
  await stage.sdk.put('report.txt', Buffer.from('hello'))
  await stage.sdk.head('missing.txt').catch(() => undefined)
  await stage.sdk.get('missing.txt').catch(() => undefined)
  await expect(rows(page)).toHaveCount(3)
  await expect(rows(page).first()).toContainText('404 NoSuchKey')

  await page.getByLabel('Errors only').check()
  await expect(rows(page)).toHaveCount(2)
  await page.getByLabel('Operation').selectOption('GetObject')
  await expect(rows(page)).toHaveCount(1)
  await rows(page).first().getByRole('button').first().click()
  const details = rows(page).first().locator('.row-detail')
  await expect(details).toContainText('GET /photos/missing.txt')
  await expect(details).toContainText('0026-00000001')
  await expect(details).toContainText(/[0-9A-F]{24}/)
  await expect(details).toContainText('user-agent')
  await expect(details).not.toContainText('authorization')

  await page.getByLabel('Operation').selectOption('all')
  await page.getByLabel('Errors only').uncheck()
  await page.getByLabel('Filter by text').fill('report')
  await expect(rows(page)).toHaveCount(1)
  await page.getByLabel('Filter by text').fill('')

  await page.getByRole('button', { name: 'Pause' }).click()
  await stage.sdk.put('second.txt', Buffer.from('hello'))
  await page.getByRole('button', { name: 'Resume, new: 1' }).click()
  await expect(rows(page)).toHaveCount(4)
  await expect(page.getByRole('status')).toContainText(/New requests: \d/)

  await page.getByRole('button', { name: 'Clear the log' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear the log' }).click()
  await expect(rows(page)).toHaveCount(0)
})

test('a callback that failed is sent again, and the application answers this time', async ({ page, stage }) => {
  stage.setAnswer((response) => void response.writeHead(500).end('<script>document.title = "owned"</script>'))
  await stage.sdk.put('photo.png', PIXEL, { callback: stage.callback('/up loaded?x=1') }).catch(() => undefined)
  await openConsole(page, stage, '#/requests')
  await rows(page).first().getByRole('button').first().click()
  await page.getByRole('link', { name: '/up%20loaded' }).click()

  await expect(page.getByRole('heading', { name: 'Callbacks', level: 1 })).toBeVisible()
  const first = rows(page).last()
  await expect(first.getByRole('button').first()).toBeFocused()
  await expect(first).toContainText('500, Error status : 500.')
  await expect(first.getByRole('group', { name: 'What the signature is over' })).toHaveText(
    `/up loaded?x=1\nkey=photo.png&size=${PIXEL.length}`,
  )
  await expect(first).toContainText('<script>document.title = "owned"</script>')
  await expect(page).toHaveTitle('Callbacks · Local OSS')

  stage.setAnswer(answerJson({ id: 42 }))
  await first.getByRole('button', { name: 'Send again' }).click()
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('sent again')
  await expect(rows(page).first()).toContainText('200, counts as success')
  await rows(page).first().getByRole('button').first().click()
  await expect(rows(page).first()).toContainText('{"id":42}')
  expect(stage.received).toEqual([`key=photo.png&size=${PIXEL.length}`, `key=photo.png&size=${PIXEL.length}`])
  await expect(page.getByRole('status')).toHaveText('Sent again: 200, counts as success')
})

test('a new callback key is another one', async ({ page, stage }) => {
  await openConsole(page, stage, '#/callbacks')
  const key = page.getByRole('group', { name: 'Public key' })
  await expect(key).toContainText('BEGIN PUBLIC KEY')
  const before = (await key.textContent()) ?? ''
  await page.getByRole('button', { name: 'Make a new key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new key' }).click()
  await expect(key).not.toHaveText(before)
})

test('objects are listed as they come, shown, and deleted after a question', async ({ page, stage }) => {
  await openConsole(page, stage)
  await page.getByRole('link', { name: 'photos' }).click()
  await expect(page.getByRole('heading', { name: 'This bucket is empty' })).toBeVisible()
  await stage.sdk.put('2026/pixel.png', PIXEL, { meta: { uid: 7, pid: 9 } })
  await stage.sdk.put('2026/notes.txt', Buffer.from('first line\nsecond line'))
  await stage.sdk.put('other.txt', Buffer.from('x'))
  await expect(page.locator('a[data-key]')).toHaveCount(3)
  await page.getByLabel('Key begins with').fill('2026/')
  await expect(page.locator('a[data-key]')).toHaveCount(2)

  await page.getByRole('link', { name: '2026/notes.txt' }).click()
  await expect(page.getByRole('group', { name: 'Preview of 2026/notes.txt' })).toHaveText('first line\nsecond line')
  await page.getByRole('link', { name: '2026/pixel.png' }).click()
  const panel = page.getByRole('region', { name: '2026/pixel.png', exact: true })
  await expect(panel.getByRole('heading', { name: '2026/pixel.png' })).toBeFocused()
  await expect(panel).toContainText('x-oss-meta-uid')
  expect(await panel.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  const download = page.waitForEvent('download')
  await panel.getByRole('link', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toBe('pixel.png')

  await page.reload()
  await expect(panel.getByRole('img')).toBeVisible()
  await panel.getByRole('button', { name: 'Delete' }).click()
  await page.keyboard.press('Escape')
  await expect(panel.getByRole('button', { name: 'Delete' })).toBeFocused()
  await panel.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.locator('a[data-key]')).toHaveCount(1)
  await expect(panel).toHaveCount(0)
  await expect(page.getByLabel('Key begins with')).toBeFocused()
  await expect(stage.sdk.head('2026/pixel.png')).rejects.toThrow()
})

test('a long list comes page by page', async ({ page, stage }) => {
  for (let number = 0; number < 110; number += 1) await stage.sdk.put(`${1000 + number}`, Buffer.from('x'))
  await openConsole(page, stage, '#/buckets/photos')
  await expect(page.locator('a[data-key]')).toHaveCount(100)
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(page.locator('a[data-key]')).toHaveCount(110)
  await expect(page.getByRole('button', { name: 'Show more' })).toBeHidden()
})

test('a fault is switched on for some requests, comes true, and is off when it is used up', async ({ page, stage }) => {
  await openConsole(page, stage, '#/faults')
  await expect(page.getByText('None: the local OSS behaves.')).toBeVisible()
  const card = page.getByRole('form', { name: 'Error', exact: true })
  await card.getByText('Only for some requests').click()
  await card.getByLabel('Key begins with').fill('videos/')
  await card.getByLabel('How many times').fill('1')
  await card.getByRole('button', { name: 'Switch on' }).click()
  const active = page.getByRole('list', { name: 'In force' })
  await expect(active).toContainText(
    'HTTP status: 503 · Code: ServiceUnavailable · Key begins with: videos/ · times left: 1',
  )
  await expect(page.getByRole('link', { name: 'Faults 1' })).toBeVisible()

  await stage.sdk.put('photos/a', Buffer.from('x'))
  await expect(stage.sdk.put('videos/a', Buffer.from('x'))).rejects.toThrow('ServiceUnavailable')
  await expect(active).toBeHidden()
  await stage.sdk.put('videos/a', Buffer.from('x'))

  for (const name of ['Slow', 'Callback lost', 'Clock']) {
    await page.getByRole('form', { name, exact: true }).getByRole('button', { name: 'Switch on' }).click()
  }
  await expect(active.getByRole('listitem')).toHaveCount(3)
  await page.getByRole('button', { name: 'Switch off: Slow' }).click()
  await expect(active.getByRole('listitem')).toHaveCount(2)
  await expect(page.getByRole('heading', { name: 'In force' })).toBeFocused()
  await page.getByRole('button', { name: 'Switch all off' }).click()
  await expect(active).toBeHidden()
})

test('by keyboard alone: past the head, to another section, into a row and out again', async ({ page, stage }) => {
  await stage.sdk.put('a.txt', Buffer.from('x'))
  await openConsole(page, stage)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Skip to the content' })).toBeFocused()
  await tabTo(page, page.getByRole('link', { name: 'Requests' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Requests', level: 1 })).toBeFocused()
  await expect(page.getByRole('link', { name: 'Requests' })).toHaveAttribute('aria-current', 'page')
  const head = rows(page).first().getByRole('button').first()
  await tabTo(page, head)
  await page.keyboard.press('Enter')
  await expect(head).toHaveAttribute('aria-expanded', 'true')
  await stage.sdk.put('b.txt', Buffer.from('x'))
  await expect(rows(page)).toHaveCount(2)
  // What came meanwhile stands above it, and took neither the focus nor what is open.
  const kept = rows(page).last().getByRole('button').first()
  await expect(kept).toBeFocused()
  await expect(kept).toHaveAttribute('aria-expanded', 'true')
})

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN' })

  test('it speaks Chinese to a Chinese browser, until somebody chooses English', async ({ page, stage }) => {
    await page.goto(`${stage.origin}/_console/#/faults`)
    await expect(page.getByRole('heading', { name: '故障', level: 1 })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await page.getByLabel('语言').selectOption('English')
    await expect(page.getByRole('heading', { name: 'Faults', level: 1 })).toBeVisible()
    await page.reload()
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  })
})

test.describe('where there is no bucket', () => {
  test.use({ buckets: [] })

  test('the commands that it teaches make one, and put an object in', async ({ page, stage }) => {
    const env = {
      ...process.env,
      OSS_ACCESS_KEY_ID: 'local-access-key-id',
      OSS_ACCESS_KEY_SECRET: 'local-access-key-secret',
    }
    const runShownCommand = async () => {
      const command = await page.locator('.command .code').textContent()
      await promisify(execFile)('sh', ['-ec', command ?? 'exit 1'], { env })
    }
    await openConsole(page, stage)
    await expect(page.getByRole('heading', { name: 'No bucket yet' })).toBeVisible()
    await runShownCommand()
    await page.getByRole('link', { name: 'photos' }).click()
    await expect(page.getByRole('heading', { name: 'This bucket is empty' })).toBeVisible()
    await runShownCommand()
    await page.getByRole('link', { name: 'hello.txt' }).click()
    await expect(page.getByRole('group', { name: 'Preview of hello.txt' })).toHaveText('hello')
  })
})
