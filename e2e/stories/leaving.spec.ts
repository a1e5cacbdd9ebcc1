import { longFile, openPage, uploadRow } from '../stage/page.ts'
import { expect, test } from '../stage/stage.ts'

test('leaving asks while something is under way, and only then; what was left comes back and is given its file', async ({
  page,
  stage,
}) => {
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  const { browse } = await openPage(page, stage)
  await page.getByRole('heading', { level: 1 }).click() // a browser asks only on pages that somebody has touched
  await page.reload()
  expect(asked).toEqual([])

  await page.getByRole('heading', { level: 1 }).click()
  await stage.setFault({ name: 'slow', bytesPerSecond: 200_000, operation: 'PostObject' })
  await browse([await longFile('film.txt')])
  const row = uploadRow(page, 'film.txt')
  await expect(row).toHaveAttribute('data-phase', 'sending')
  await page.reload()
  expect(asked).toEqual(['beforeunload'])
  await stage.clearFaults()

  await expect(row).toHaveAttribute('data-phase', 'needs-file')
  await expect(row).toContainText('Choose the same file again')
  const choosing = page.waitForEvent('filechooser')
  await row.getByRole('button', { name: 'Choose file' }).click()
  const chooser = await choosing
  await chooser.setFiles([{ name: 'other.txt', mimeType: 'text/plain', buffer: Buffer.from('other') }])
  await expect(row).toContainText('This is another file')
  await page.reload()
  expect(asked).toEqual(['beforeunload'])
  await expect(row).toHaveAttribute('data-phase', 'needs-file')
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect(row).toHaveAttribute('data-phase', 'cancelled')
  await page.reload()
  await expect(page.getByRole('button', { name: /browse/i }).first()).toBeVisible()
  await expect(row).toHaveCount(0)
})
