import { type DragEvent as ReactDragEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react'

type Drag = Pick<DragEvent, 'target' | 'dataTransfer' | 'preventDefault'>

export interface FileDrag {
  /** Types of the files that are held over the place, `''` where the browser does not tell; undefined while there are none. */
  types: readonly string[] | undefined
  /** For the place itself; nothing where the whole page is the place. */
  handlers: Partial<Record<'onDragEnter' | 'onDragOver' | 'onDragLeave' | 'onDrop', (event: ReactDragEvent) => void>>
}

export interface FileDragOptions {
  place: RefObject<HTMLElement | null>
  on: 'area' | 'page'
  disabled: boolean
  onDrop(transfer: DataTransfer): void
}

/** Follows files that are dragged over a place, and takes them when they are let go. */
export function useFileDrag({ place, on, disabled, onDrop }: FileDragOptions): FileDrag {
  const [types, setTypes] = useState<readonly string[]>()
  const drop = useRef(onDrop)
  useEffect(() => {
    drop.current = onDrop
  })

  const follow = useMemo(() => {
    // Every element inside tells of its own coming and going, and a leave may come after the enter of the next.
    let over: EventTarget[] = []
    const stop = () => {
      over = []
      setTypes(undefined)
    }
    return {
      enter(event: Drag) {
        event.preventDefault()
        if (event.target !== null && !over.includes(event.target)) over.push(event.target)
        // At once: after the event has been dispatched its items are gone.
        setTypes(draggedTypes(event.dataTransfer))
      },
      over(event: Drag) {
        event.preventDefault()
        if (event.dataTransfer) event.dataTransfer.dropEffect = disabled ? 'none' : 'copy'
      },
      leave({ target }: Drag) {
        over = over.filter((element) => element !== target && element instanceof Node && element.isConnected)
        if (over.length === 0) stop()
      },
      drop(event: Drag) {
        event.preventDefault()
        stop()
        if (event.dataTransfer) drop.current(event.dataTransfer)
      },
      stop,
    }
  }, [disabled])

  useEffect(() => {
    const onPage = on === 'page' && !disabled
    const listen = (take: (event: Drag) => void) => (event: DragEvent) => {
      // Somebody else's place, or a file input of the page's own, which takes files by itself.
      if (event.defaultPrevented || !carriesFiles(event.dataTransfer) || isFileInput(event.target)) return
      take(event)
    }
    // Files that miss the place would be opened by the browser in place of the page.
    const refuse = (event: Drag) => {
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
    }
    const listeners = {
      dragenter: listen(onPage ? follow.enter : () => {}),
      dragover: listen(onPage ? follow.over : refuse),
      dragleave: listen(onPage ? follow.leave : () => {}),
      drop: listen(onPage ? follow.drop : refuse),
    }
    const entries = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][]
    for (const [type, listener] of entries) document.addEventListener(type, listener)
    return () => {
      for (const [type, listener] of entries) document.removeEventListener(type, listener)
      follow.stop()
    }
  }, [on, disabled, follow])

  const handlers = useMemo<FileDrag['handlers']>(() => {
    if (on === 'page' || disabled) return {}
    const of = (take: (event: Drag) => void) => (event: ReactDragEvent) => {
      // What was rendered elsewhere (a dialog) bubbles up to here in React alone.
      const isInside = place.current?.contains(event.target as Node) === true
      if (isInside && carriesFiles(event.dataTransfer)) take(event.nativeEvent)
    }
    return {
      onDragEnter: of(follow.enter),
      onDragOver: of(follow.over),
      onDragLeave: ({ nativeEvent }) => follow.leave(nativeEvent),
      onDrop: of(follow.drop),
    }
  }, [on, disabled, follow, place])
  return { types, handlers }
}

/** A dragged text or link is none of our business. */
function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true
}

function isFileInput(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'file'
}

function draggedTypes(transfer: DataTransfer | null): string[] {
  const files = Array.from(transfer?.items ?? []).filter((item) => item.kind === 'file')
  // Some browsers tell only after the drop what it is; that it is files they all tell.
  if (files.length === 0) return ['']
  // Firefox calls every dragged file this; it knows the type only after the drop.
  return files.map(({ type }) => (type === 'application/x-moz-file' ? '' : type))
}
