import { type AnchorHTMLAttributes, type MouseEvent, useEffect, useRef, useSyncExternalStore } from 'react'

// The page's own addresses over the History API: four of them need no library.

export type View =
  | { name: 'upload' }
  | { name: 'record'; id: string }
  | { name: 'embed' }
  | { name: 'faults' }
  | { name: 'unknown' }

export function viewAt(pathname: string): View {
  const [, first = '', second, ...rest] = pathname.split('/')
  if (rest.length > 0) return { name: 'unknown' }
  if (first === 'records' && second) return { name: 'record', id: decodeText(second) }
  if (second) return { name: 'unknown' }
  if (first === '') return { name: 'upload' }
  return first === 'embed' || first === 'faults' ? { name: first } : { name: 'unknown' }
}

export function addressOf(view: Exclude<View, { name: 'unknown' }>): string {
  if (view.name === 'upload') return '/'
  return view.name === 'record' ? `/records/${encodeURIComponent(view.id)}` : `/${view.name}`
}

/** Where the page is, from now on. */
export function usePathname(): string {
  return useSyncExternalStore(watch, () => location.pathname)
}

/** Turns to another view. `replace` leaves no way back to this one, which is right where it is gone. */
export function goTo(address: string, { replace }: { replace: boolean } = { replace: false }): void {
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  hasTurned = true
  scrollTo(0, 0)
  for (const turned of watchers) turned()
}

/** A real link: a middle click, a new tab and "copy address" work as everywhere; a plain click turns the view. */
export function Link({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const turn = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    goTo(to)
  }
  return <a href={to} onClick={turn} {...rest} />
}

/** The `h1` of a view and the title of the document. It takes the focus when the view was turned to, not when the page loads. */
export function ViewHeading({
  title,
  className,
  children,
}: {
  title: string
  className?: string
  children?: React.ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = title === '' ? PRODUCT : `${title} · ${PRODUCT}`
  }, [title])
  useEffect(() => {
    if (hasTurned) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children ?? title}
    </h1>
  )
}

const PRODUCT = 'oss-direct'
const watchers = new Set<() => void>()
let hasTurned = false

function watch(turned: () => void): () => void {
  const back = () => {
    hasTurned = true
    turned()
  }
  watchers.add(turned)
  addEventListener('popstate', back)
  return () => {
    watchers.delete(turned)
    removeEventListener('popstate', back)
  }
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
