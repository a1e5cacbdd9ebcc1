/** What the browser tells of the page, as far as sending depends on it. Everything is true where there is no page. */
export interface PageWatch {
  isOnline(): boolean
  isVisible(): boolean
  stop(): void
}

export function watchPage(changed: { onOnline(): void; onVisible(): void }): PageWatch {
  if (typeof window === 'undefined') return { isOnline: () => true, isVisible: () => true, stop: () => {} }
  const visibilityChanged = () => {
    if (document.visibilityState === 'visible') changed.onVisible()
  }
  window.addEventListener('online', changed.onOnline)
  document.addEventListener('visibilitychange', visibilityChanged)
  return {
    isOnline: () => navigator.onLine,
    isVisible: () => document.visibilityState === 'visible',
    stop() {
      window.removeEventListener('online', changed.onOnline)
      document.removeEventListener('visibilitychange', visibilityChanged)
    },
  }
}
