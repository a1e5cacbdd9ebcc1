/** One way to send files, on a page of its own. */
export interface Contender {
  /** What it may do beforehand, and what is not timed. */
  prepare?(files: readonly File[]): Promise<void>
  /** Resolves when all of them are answered; rejects where one is not. */
  send(files: readonly File[]): Promise<readonly Answer[]>
  /** Of one that shows a list with small pictures. */
  list?: ListLooks
}

/** Selectors: of its rows, and of the picture within one once it is there. */
export interface ListLooks {
  rows: string
  picture: string
}

/** The application's, through OSS. */
export interface Answer {
  id: string
  key: string
  size: number
}

export const ROUTE = 'files'
/** Connections to OSS, of everybody who can be told: as many as our own uploader opens by itself. */
export const AT_ONCE = 5

/** Where a contender that shows something shows it. */
export const place = document.querySelector<HTMLElement>('#place') ?? document.body
