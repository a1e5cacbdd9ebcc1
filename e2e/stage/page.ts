import { open } from 'node:fs/promises'
import { expect, type Locator, type Page, test } from '@playwright/test'
import type { Stage } from './stage.ts'

export interface TestFile {
  name: string
  mimeType: string
  buffer: Buffer
}

/** Opens the reference app; gives the three ways in which a person hands it files. */
export async function openPage(page: Page, stage: Pick<Stage, 'origin'>) {
  // With a listener from the start the driver answers every file dialog: one that is only added by the `waitForEvent`
  // beside a click comes too late on a busy machine, and the browser cancels the dialog before the driver has it.
  page.on('filechooser', () => undefined)
  await page.goto(stage.origin)
  await expect(page.getByRole('button', { name: /browse|choose|drop/i }).first()).toBeVisible()
  return {
    drop: (files: TestFile[]) => dispatchFiles(page, files, 'drop'),
    paste: (files: TestFile[]) => dispatchFiles(page, files, 'paste'),
    browse: (files: TestFile[] | string[]) => page.locator('input[type=file]').first().setInputFiles(files),
  }
}

/**
 * The path of a text that stays on its way for a while where OSS reads slowly: the system takes the first megabytes of a
 * request at once, and a file no larger than that is sent before anybody looks.
 */
export async function longFile(name: string, bytes = 16 * 1024 * 1024): Promise<string> {
  const path = test.info().outputPath(name)
  const handle = await open(path, 'w')
  await handle.truncate(bytes)
  await handle.close()
  return path
}

export function uploadRow(page: Page, name: string): Locator {
  return page.locator('[data-upload-id]').filter({ has: page.getByTitle(name, { exact: true }) })
}

/** Every phase that any row has shown from now on, however shortly. */
export async function phasesOf(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(window, { seenPhases: seen })
    const look = () => {
      for (const row of document.querySelectorAll('[data-upload-id]')) seen.add(row.getAttribute('data-phase') ?? '')
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
  })
  return () => page.evaluate(() => [...(window as unknown as { seenPhases: Set<string> }).seenPhases])
}

// A real DataTransfer with real File objects: the same road as a drag from the desktop, which no driver can do.
async function dispatchFiles(page: Page, files: TestFile[], way: 'drop' | 'paste'): Promise<void> {
  const encoded = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }))
  await page.evaluate(
    ({ encoded, way }) => {
      const transfer = new DataTransfer()
      for (const { name, mimeType, base64 } of encoded) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
        transfer.items.add(new File([bytes], name, { type: mimeType }))
      }
      if (way === 'paste') {
        document.body.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }),
        )
        return
      }
      const target = document.querySelector('[data-dropzone]')
      if (target === null) throw new Error('the page has no dropzone')
      for (const type of ['dragenter', 'dragover', 'drop']) {
        target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
      }
    },
    { encoded, way },
  )
}
