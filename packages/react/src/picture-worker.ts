import { shrinkPicture } from './shrink-picture.ts'

export interface PictureQuestion {
  id: number
  file: File
}

export interface PictureAnswer {
  id: number
  /** Undefined where the file shows nothing. */
  bitmap: ImageBitmap | undefined
}

// The scope of a worker, as far as it is needed: the page's types and the worker's do not go together.
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<PictureQuestion>) => void): void
  postMessage(answer: PictureAnswer, transfer: Transferable[]): void
}

scope.addEventListener('message', async ({ data: { id, file } }) => {
  const bitmap = await shrinkPicture(file).catch(() => undefined)
  scope.postMessage({ id, bitmap }, bitmap === undefined ? [] : [bitmap])
})
