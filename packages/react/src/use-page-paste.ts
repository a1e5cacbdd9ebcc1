import { type RefObject, useEffect } from 'react'

/**
 * Files pasted anywhere on the page, while the element is on screen and the person is not writing into something.
 * Of several dropzones on screen the first takes them.
 */
export function usePagePaste(
  element: RefObject<HTMLElement | null>,
  take: ((files: File[]) => void) | undefined,
): void {
  useEffect(() => {
    if (take === undefined) return
    const paste = (event: ClipboardEvent) => {
      const files = Array.from(event.clipboardData?.files ?? [])
      if (event.defaultPrevented || files.length === 0) return
      if (isEditable(event.target) || isEditable(document.activeElement) || !isOnScreen(element.current)) return
      event.preventDefault()
      take(files)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [element, take])
}

const NOT_WRITTEN_INTO = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'])

function isEditable(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !NOT_WRITTEN_INTO.has(target.type)
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLElement && target.isContentEditable
}

function isOnScreen(element: HTMLElement | null): boolean {
  if (element === null) return false
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect()
  const hasSize = width > 0 && height > 0 // an element in a closed dialog or a hidden tab has none
  return hasSize && bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth
}
