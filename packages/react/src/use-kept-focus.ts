import { type RefObject, useEffect, useRef } from 'react'
import { useBeforePaint } from './use-before-paint.ts'

/**
 * Keeps the focus in a place whose buttons come and go. When the focused one disappears (its row was removed, or its action
 * is over), the focus goes to its row, else to the row that took its place, else to the button that adds files; never to the
 * top of the page. The row and not its next button: a second press of Enter on "Retry" must not cancel.
 */
export function useKeptFocus(root: RefObject<HTMLElement | null>): void {
  const focused = useRef<{ id: string | undefined; index: number } | undefined>(undefined)

  useEffect(() => {
    // Not every browser tells that a focused element was removed, so what is remembered ends only with a deliberate move.
    const remember = ({ target }: FocusEvent) => {
      const inside = target instanceof Element && root.current?.contains(target) === true
      if (!inside) return forget()
      const row = target.closest<HTMLElement>('[data-upload-id]')
      focused.current = { id: row?.dataset.uploadId, index: row === null ? -1 : rowsOf(root.current).indexOf(row) }
    }
    const forget = () => {
      focused.current = undefined
    }
    document.addEventListener('focusin', remember)
    document.addEventListener('pointerdown', forget)
    return () => {
      document.removeEventListener('focusin', remember)
      document.removeEventListener('pointerdown', forget)
    }
  }, [root])

  // After every commit, because any of them may have taken the button away.
  useBeforePaint(() => {
    if (focused.current === undefined || (document.activeElement ?? document.body) !== document.body) return
    // Somebody who went to the browser's own bar, or out of a frame, is not to be called back.
    if (!document.hasFocus()) return
    const { id, index } = focused.current
    const rows = rowsOf(root.current)
    const row = rows.find(({ dataset }) => dataset.uploadId === id) ?? rows[Math.min(index, rows.length - 1)]
    const target = row ?? root.current?.querySelector<HTMLElement>('[data-dropzone] button')
    target?.focus({ preventScroll: true })
  })
}

function rowsOf(root: HTMLElement | null): HTMLElement[] {
  return Array.from(root?.querySelectorAll<HTMLElement>('.od-list > [data-upload-id]') ?? [])
}
