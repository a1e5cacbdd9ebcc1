import type { FileHandle, JournalEntry } from '@oss-direct/uploader'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { row, rows, script, showWith, textFile } from './dropzone-stage.fixture.tsx'
import { scriptUploader } from './scripted-uploader.fixture.ts'

// Rows of uploads that an earlier life of the page left. What the journal keeps is tested with the uploader.

it('asks for the file of each, refuses another one and says why, and goes on with the right one', async () => {
  const mine = textFile('mine.txt')
  await showWith(scriptUploader({}, [left(mine), left(textFile('other.txt'))]))
  const mineRow = row('mine.txt')
  await expect.element(mineRow).toHaveAttribute('data-phase', 'needs-file')
  await expect.element(mineRow).toHaveTextContent('Left unfinished. Choose the same file again')
  await expect.element(page.getByText('2 unfinished')).toBeVisible()

  await userEvent.upload(inputOf('mine.txt'), textFile('mine.txt', 99))
  await expect.element(mineRow).toHaveTextContent('This is another file')
  await expect.element(mineRow).toHaveTextContent('It is another file: mine.txt has 99 B, it had 3 B')
  expect(script.forms).toEqual([])

  script.uploader.reattach('mine.txt', mine)
  await expect.poll(() => script.forms.map(({ fileName }) => fileName)).toEqual(['mine.txt'])
  script.forms[0]?.settle({ key: 'k' })
  await expect.element(mineRow).toHaveAttribute('data-phase', 'done')
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect.element(row('other.txt')).toHaveAttribute('data-phase', 'cancelled')
})

it('has the browser asked for the file where that is possible', async () => {
  const mine = textFile('mine.txt')
  let asked = 0
  const handle: FileHandle = {
    getFile: async () => mine,
    queryPermission: async () => 'prompt',
    requestPermission: async () => {
      asked += 1
      return 'granted'
    },
  }
  await showWith(scriptUploader({}, [{ ...left(mine), handle }]))
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect.poll(() => script.forms).toHaveLength(1)
  expect(asked).toBe(1)
})

function left({ name, size, type, lastModified }: File): JournalEntry {
  const file = { name, size, type, lastModified }
  return { id: name, route: 'demo', addedAt: Date.now(), file, stage: 'unsent', storedBytes: 0 }
}

function inputOf(name: string): HTMLInputElement {
  const input = rows()
    .find((element) => element.querySelector(`[title="${name}"]`))
    ?.querySelector<HTMLInputElement>('input[type=file]')
  if (!input) throw new Error(`the row of ${name} asks for no file`)
  return input
}
