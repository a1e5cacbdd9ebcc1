import { describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { script, show } from './dropzone-stage.fixture.tsx'
import { pictureSizeOf } from './picture-size.ts'
import { shrinkPicture } from './shrink-picture.ts'
import { smallPictureOf } from './small-pictures.ts'

describe('a thumbnail', () => {
  it.each(['image/png', 'image/jpeg', 'image/webp'])(
    'of %s is a small copy, made off the main thread',
    async (type) => {
      const here = vi.spyOn(window, 'createImageBitmap')
      await show()
      script.uploader.add('demo', [await picture(600, 300, type)])
      const canvas = await drawn()
      expect(canvas.width).toBe(160)
      expect(colourOf(canvas)).toBe('red')
      expect(document.querySelector('.od-sign')).toBeNull()
      expect(here).not.toHaveBeenCalled()
    },
  )

  it('of a film is one of its frames', async () => {
    await show()
    script.uploader.add('demo', [await film()])
    expect(colourOf(await drawn())).toBe('red')
  })

  it.each([
    ['a picture that is broken', new File([new Uint8Array(100)], 'a.png', { type: 'image/png' }), 'PNG'],
    ['a film that is none', new File(['no film'], 'a.webm', { type: 'video/webm' }), 'WEBM'],
    ['a document', new File(['%PDF-1.7'], 'a.pdf', { type: 'application/pdf' }), 'PDF'],
  ])('of %s is the sign of its kind', async (_what, file, sign) => {
    await show()
    script.uploader.add('demo', [file, await picture(60, 60)])
    await drawn()
    await expect.element(page.getByText(sign, { exact: true })).toBeVisible()
  })
})

describe('small pictures', () => {
  it('are not made of what claims to have more pixels than there is room for', async () => {
    const unpack = vi.spyOn(window, 'createImageBitmap')
    const head = new Uint8Array(await (await picture(4, 4)).arrayBuffer())
    new DataView(head.buffer).setUint32(16, 30_000)
    new DataView(head.buffer).setUint32(20, 30_000)
    expect(await shrinkPicture(new Blob([head]))).toBeUndefined()
    expect(unpack).not.toHaveBeenCalled()
  })

  it('are wide where a picture is wide, and a strip is not kept in all its length', async () => {
    expect(await sizeOfSmall(300, 100)).toEqual([240, 80])
    expect(await sizeOfSmall(100, 300)).toEqual([80, 240])
    expect(await sizeOfSmall(2000, 10)).toEqual([320, 2])
  })

  it('are kept for the rows that come back, and only so many', async () => {
    const { signal } = new AbortController()
    const small = await picture(8, 8)
    const file = (index: number) => new File([small], `${index}.png`, { type: 'image/png' })
    const [first, second] = [file(0), file(1)]
    const bitmap = await smallPictureOf(first, signal)
    const other = await smallPictureOf(second, signal)
    expect(await smallPictureOf(first, signal)).toBe(bitmap)
    const rest = Array.from({ length: 199 }, (_, index) => smallPictureOf(file(index + 2), signal))
    await Promise.all(rest)
    // Freed, it has no pixels any more. The first was used after the second, which goes before it.
    expect([bitmap?.width, other?.width]).toEqual([80, 0])
  })

  it('are not made for a row that is gone', async () => {
    const abort = new AbortController()
    const { signal } = new AbortController()
    const files = [await picture(2000, 2000), await picture(2000, 2000), await picture(8, 8)] as const
    const others = [smallPictureOf(files[0], signal), smallPictureOf(files[1], signal)]
    const gone = smallPictureOf(files[2], abort.signal)
    abort.abort()
    expect(await gone).toBeUndefined()
    await Promise.all(others)
  })
})

describe('the size of a picture is in its head', () => {
  it.each(['image/png', 'image/jpeg', 'image/webp'])('%s, as the browser writes it', async (type) => {
    const file = await picture(321, 123, type)
    expect(pictureSizeOf(await file.arrayBuffer())).toEqual({ width: 321, height: 123 })
  })
})

async function sizeOfSmall(width: number, height: number) {
  const bitmap = await shrinkPicture(await picture(width, height))
  return [bitmap?.width, bitmap?.height]
}

function redCanvas(width: number, height: number): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas here')
  context.fillStyle = '#f00'
  context.fillRect(0, 0, width, height)
  return canvas
}

async function picture(width: number, height: number, type = 'image/png'): Promise<File> {
  const canvas = redCanvas(width, height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type))
  if (blob?.type !== type) throw new Error(`this browser writes no ${type}`)
  return new File([blob], `red.${type.slice(6)}`, { type })
}

/** A few frames of it, recorded by the browser itself. */
async function film(): Promise<File> {
  const canvas = redCanvas(160, 120)
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm' })
  const written = new Promise<Blob>((resolve) =>
    recorder.addEventListener('dataavailable', ({ data }) => resolve(data)),
  )
  recorder.start()
  const context = canvas.getContext('2d')
  for (let frame = 0; frame < 20; frame += 1) {
    context?.fillRect(0, 0, 160, 120)
    await new Promise(requestAnimationFrame)
  }
  recorder.stop()
  return new File([await written], 'red.webm', { type: 'video/webm' })
}

async function drawn(): Promise<HTMLCanvasElement> {
  const canvas = () => document.querySelector<HTMLCanvasElement>('canvas.od-picture:not([hidden])')
  await expect.poll(canvas).not.toBeNull()
  return canvas() as HTMLCanvasElement
}

function colourOf(canvas: HTMLCanvasElement): string {
  const [red = 0, green = 0, blue = 0] = canvas.getContext('2d')?.getImageData(20, 20, 1, 1).data ?? []
  return red > 200 && green < 60 && blue < 60 ? 'red' : `${red}, ${green}, ${blue}`
}
