import type { Page } from '@playwright/test'

/**
 * Drops a file of the disk on the page as a person does, through the browser's own input: unlike a drop that a script makes,
 * it brings the browser's handle of the file, by which a later page may find it again.
 */
export async function dropFromDesktop(page: Page, path: string): Promise<void> {
  const box = await page.locator('[data-dropzone]').boundingBox()
  if (box === null) throw new Error('the page has no dropzone')
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: box.x + box.width / 2, y: box.y + box.height / 2, data })
  }
  await session.detach()
}
