import type { BrowserContext } from '@playwright/test'

/** A row as the page showed it for a moment. */
export interface Sight {
  fileName: string
  phase: string
  /** Of the progress bar, where there is one. */
  percent?: number
}

/** Tells of everything that any row shows in any page of the context, however shortly, from the first moment of each page. */
export async function watchRows(context: BrowserContext, onSight: (sight: Sight) => void): Promise<void> {
  await context.exposeBinding('seeRow', (_source, sight: Sight) => onSight(sight))
  await context.addInitScript(watchInPage)
}

function watchInPage(): void {
  const { seeRow } = window as unknown as { seeRow(sight: object): Promise<void> }
  const last = new Map<string, string>()
  const look = () => {
    for (const row of document.querySelectorAll<HTMLElement>('[data-upload-id]')) {
      const { uploadId = '', phase = '' } = row.dataset
      const percent = row.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? undefined
      const state = `${phase} ${percent}`
      if (last.get(uploadId) === state) continue
      last.set(uploadId, state)
      void seeRow({
        fileName: row.querySelector('[title]')?.getAttribute('title') ?? '',
        phase,
        ...(percent === undefined ? {} : { percent: Number(percent) }),
      })
    }
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
}
