import type { Page } from '@playwright/test'

/** A picture worth showing, as PNG: ours, and made anew each time. */
export async function paintHarbour(page: Page): Promise<Buffer> {
  const canvas = await page.context().newPage()
  await canvas.setViewportSize({ width: 320, height: 240 })
  await canvas.setContent(`<style>body { margin: 0 }</style>${HARBOUR}`)
  const picture = await canvas.screenshot()
  await canvas.close()
  return picture
}

const HARBOUR = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#27408b"/><stop offset=".6" stop-color="#e88d67"/><stop offset="1" stop-color="#26304f"/></linearGradient></defs><rect width="320" height="240" fill="url(#g)"/><circle cx="210" cy="140" r="26" fill="#ffd9a0"/><path d="M40 170h90l-14 24H58z" fill="#141a2e"/><path d="M86 80v86H48z" fill="#f3efe6"/></svg>`
