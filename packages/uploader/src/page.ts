/** What the browser tells of the page, as far as sending depends on it. Everything is true where there is no page. */
export interface PageWatch {
  isOnline(): boolean
  /** Somebody knows better than the browser that there is a connection; until a try fails. */
  trust(connected: boolean): void
  isVisible(): boolean
  /** While something is under way, leaving the page asks first, and the screen stays on. */
  setWorking(working: boolean): void
  stop(): void
}

export interface PageWatchOptions {
  leaving: 'ask' | 'silent'
  onOnline(): void
  onVisible(): void
}

export function watchPage({ leaving, onOnline, onVisible }: PageWatchOptions): PageWatch {
  if (typeof window === 'undefined') {
    return { isOnline: () => true, trust: () => {}, isVisible: () => true, setWorking: () => {}, stop: () => {} }
  }
  let isWorking = false
  let isTrusted = false
  let awake: Promise<WakeLockSentinel | undefined> | undefined
  // A phone that falls asleep cuts its connections. Refused on a low battery, and on pages by http.
  const stayAwake = () => {
    awake ??= navigator.wakeLock?.request('screen').catch(() => undefined)
  }
  const letSleep = () => {
    void awake?.then((lock) => lock?.release())
    awake = undefined
  }
  const visibilityChanged = () => {
    // The browser takes the lock back from a page that nobody sees.
    letSleep()
    if (document.visibilityState !== 'visible') return
    if (isWorking) stayAwake()
    onVisible()
  }
  const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault()

  const setWorking = (working: boolean) => {
    if (working === isWorking) return
    isWorking = working
    if (working) stayAwake()
    else letSleep()
    // Only while it is needed: a page with such a listener is not kept for the way back.
    if (leaving === 'silent') return
    if (working) window.addEventListener('beforeunload', askBeforeLeaving)
    else window.removeEventListener('beforeunload', askBeforeLeaving)
  }
  const stopped = new AbortController()
  window.addEventListener('online', onOnline, { signal: stopped.signal })
  document.addEventListener('visibilitychange', visibilityChanged, { signal: stopped.signal })
  return {
    isOnline: () => isTrusted || navigator.onLine,
    trust(connected) {
      isTrusted = connected
    },
    isVisible: () => document.visibilityState === 'visible',
    setWorking,
    stop() {
      setWorking(false)
      stopped.abort()
    },
  }
}
