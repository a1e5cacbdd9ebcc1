import type { Page } from 'playwright'

export interface PhotographLooks {
  width: number
  height: number
  /** Of colour, one over the other: the more there are, the more bytes it has. */
  spots: number
  /** As JPEG has it, 0 to 1. */
  quality: number
}

/** Of colours and edges, made in the page's canvas: as a JPEG it is unpacked like one of a camera. */
export async function takePhotograph(page: Page, looks: PhotographLooks): Promise<Buffer> {
  const base64 = await page.evaluate(async ({ width, height, spots, quality }) => {
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
    for (let spot = 0; spot < spots; spot += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 60% ${Math.random() * 100}%)`
      context.fillRect(Math.random() * width, Math.random() * height, Math.random() * 90, Math.random() * 90)
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality })
    const reader = new FileReader()
    reader.readAsDataURL(blob)
    await new Promise((resolve) => reader.addEventListener('load', resolve))
    return String(reader.result).split(',')[1] ?? ''
  }, looks)
  return Buffer.from(base64, 'base64')
}
