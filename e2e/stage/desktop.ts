import type { Page } from '@playwright/test'

interface Place {
  x: number
  y: number
}

/** Files of the disk in a person's hand. */
export interface HeldFiles {
  move(place: Place): Promise<void>
  /** Drops them where they are. */
  letGo(): Promise<void>
}

/**
 * Takes files from the desktop and holds them over a place of the page, by default the middle of the drop area. Through the
 * browser's own input, which only Chromium's protocol reaches: unlike a drag that a script makes it brings folders, and
 * handles by which a later page may find the files again.
 */
export async function holdFiles(page: Page, paths: readonly string[], over?: Place): Promise<HeldFiles> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  let place = over ?? (await middleOf(page))
  const dispatch = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, ...place, data })
  await dispatch('dragEnter')
  await dispatch('dragOver')
  return {
    async move(next) {
      place = next
      await dispatch('dragOver')
    },
    async letGo() {
      await dispatch('drop')
      await session.detach()
    },
  }
}

export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const held = await holdFiles(page, paths)
  await held.letGo()
}

export async function middleOf(page: Page): Promise<Place> {
  const box = await page.locator('[data-dropzone]').first().boundingBox()
  if (box === null) throw new Error('the page has no dropzone')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
