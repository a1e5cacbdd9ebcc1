import type { Json, RouteRules } from '@oss-direct/shared'
import { letOthersRun } from '@oss-direct/uploader'
import {
  type ChangeEvent,
  type HTMLAttributes,
  type InputHTMLAttributes,
  type MouseEvent,
  type RefCallback,
  type SyntheticEvent,
  useCallback,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { captureTypes } from './capture-types.ts'
import { type DragVerdict, judgeDrag } from './drag-verdict.ts'
import { readDrop } from './dropped-files.ts'
import { useUploader } from './upload-provider.tsx'
import { useFileDrag } from './use-file-drag.ts'
import { usePagePaste } from './use-page-paste.ts'
import { useRouteRules } from './use-route-rules.ts'

export interface UseDropzoneOptions {
  route: string
  /** What the route's `input` asks for; sent with the files, checked by the server. */
  input?: Json | undefined
  /** @default false */
  disabled?: boolean | undefined
  /** Where files may be dropped: on the element of `getRootProps`, or anywhere on the page. @default 'area' */
  dropOn?: 'area' | 'page' | undefined
}

export type DropzoneRootProps = HTMLAttributes<HTMLElement> & Data
export type DropzoneInputProps = InputHTMLAttributes<HTMLInputElement> & Data
type Data = { [name: `data-${string}`]: unknown }

export interface DropzoneState {
  /** For the element onto which files are dropped. Your own handlers run first; `event.stopPropagation()` stops ours. */
  getRootProps(props?: DropzoneRootProps): DropzoneRootProps & { ref: RefCallback<HTMLElement> }
  /** For an `<input>` inside of it. */
  getInputProps(props?: DropzoneInputProps): DropzoneInputProps & { ref: RefCallback<HTMLInputElement> }
  /** Opens the browser's file dialog. */
  open(): void
  /** Lets a person choose a folder with all that is in it. Undefined where the browser cannot, or the route takes one file. */
  openFolder: (() => void) | undefined
  /** Opens the camera. Undefined but on phones and tablets, and where the route takes neither photographs nor films. */
  openCamera: (() => void) | undefined
  isDragging: boolean
  /** What can be said of the dragged files; undefined while nothing is dragged. */
  verdict: DragVerdict | undefined
  draggedCount: number
  /** Names of what was in the last drop and could not be read; empty after the next one. */
  unreadable: readonly string[]
  /** Undefined until the server has told them. */
  rules: RouteRules | undefined
  /** Why the rules are not known. Files can be added all the same: the server checks them. */
  rulesError: unknown
}

/** A dropzone without looks: drop, browse, paste, folder and camera take the same road into the uploader. */
export function useDropzone({ route, input, disabled = false, dropOn = 'area' }: UseDropzoneOptions): DropzoneState {
  const uploader = useUploader()
  const known = useRouteRules(route)
  const rules = known.status === 'known' ? known.rules : undefined
  const multiple = rules === undefined || rules.maxFiles > 1
  const root = useRef<HTMLElement | null>(null)
  const fileInput = useRef<HTMLInputElement | null>(null)
  const [unreadable, setUnreadable] = useState<readonly string[]>(NONE)

  // The route's rules are applied by the uploader, so that a refused file is told about like every other; here they only
  // colour the drag.
  const add = useCallback(
    async (files: readonly File[]) => {
      // Together they must be told that they are too many.
      const atOnce = rules !== undefined && files.length <= rules.maxFiles ? ADDED_AT_ONCE : files.length
      for (let at = 0; at < files.length; at += atOnce) {
        if (at > 0) await letOthersRun()
        uploader.add(route, files.slice(at, at + atOnce), input === undefined ? {} : { input })
      }
    },
    [uploader, route, input, rules],
  )
  const take = async (transfer: DataTransfer) => {
    const drop = await readDrop(transfer)
    setUnreadable(drop.unreadable)
    await add(drop.files)
  }
  const { types = NONE, handlers } = useFileDrag({
    place: root,
    on: dropOn,
    disabled,
    onDrop: (transfer) => void take(transfer),
  })
  usePagePaste(root, disabled ? undefined : add)

  const setRoot = useCallback((element: HTMLElement | null) => {
    root.current = element
  }, [])
  const setInput = useCallback((element: HTMLInputElement | null) => {
    fileInput.current = element
  }, [])
  /** One input for all: what the browser is to ask for it reads at the click. */
  const ask = (wish: Record<string, string> = {}) => {
    const element = fileInput.current
    if (element === null || disabled) return
    const before = Object.keys(wish).map((name) => [name, element.getAttribute(name)] as const)
    for (const [name, value] of Object.entries(wish)) element.setAttribute(name, value)
    element.click()
    for (const [name, value] of before) {
      if (value === null) element.removeAttribute(name)
      else element.setAttribute(name, value)
    }
  }
  const { folders, cameras } = useDevice()
  const pictures = cameras ? captureTypes(rules?.accept) : undefined

  return {
    getRootProps: (props = {}) => ({
      'data-dropzone': route,
      ...props,
      ref: setRoot,
      onDragEnter: both(props.onDragEnter, handlers.onDragEnter),
      onDragOver: both(props.onDragOver, handlers.onDragOver),
      onDragLeave: both(props.onDragLeave, handlers.onDragLeave),
      onDrop: both(props.onDrop, handlers.onDrop),
      onClick: both(props.onClick, (event: MouseEvent<HTMLElement>) => {
        if (!hasOwnClick(event.target, event.currentTarget)) ask()
      }),
    }),
    getInputProps: (props = {}) => ({
      type: 'file',
      accept: rules?.accept.join(','),
      multiple,
      disabled,
      tabIndex: -1,
      // The button beside it has the name and the focus; a screen reader need not meet both.
      'aria-hidden': true,
      ...props,
      ref: setInput,
      style: { display: 'none', ...props.style },
      onChange: both(props.onChange, ({ target }: ChangeEvent<HTMLInputElement>) => {
        const files = Array.from(target.files ?? [])
        // The same file chosen twice is two wishes.
        target.value = ''
        setUnreadable(NONE)
        void add(files)
      }),
    }),
    open: () => ask(),
    openFolder: folders && multiple ? () => ask({ webkitdirectory: '' }) : undefined,
    openCamera: pictures === undefined ? undefined : () => ask({ capture: 'environment', accept: pictures }),
    isDragging: types.length > 0,
    verdict: types.length > 0 ? judgeDrag(types, rules) : undefined,
    draggedCount: types.length,
    unreadable,
    rules,
    rulesError: known.status === 'unavailable' ? known.error : undefined,
  }
}

const NONE: readonly string[] = []
/** The page draws in between: ten thousand at once would hold it up for a tenth of a second. */
const ADDED_AT_ONCE = 1000

/** The consumer's handler, and then ours, unless the first has stopped it. */
function both<E extends SyntheticEvent>(
  theirs: ((event: E) => void) | undefined,
  ours: ((event: E) => void) | undefined,
) {
  return (event: E) => {
    theirs?.(event)
    if (!event.isPropagationStopped()) ours?.(event)
  }
}

/** A button or link inside of the area does what it is for, and the input's own click is ours. */
function hasOwnClick(target: EventTarget, area: Element): boolean {
  const control = target instanceof Element && target.closest('a, button, input, label, select, summary, textarea')
  return control instanceof Element && control !== area && area.contains(control)
}

/** What this device can ask a person for. On a server, and until the page has taken over from it: nothing but files. */
function useDevice(): { folders: boolean; cameras: boolean } {
  const coarse = useSyncExternalStore(
    watchPointer,
    () => pointer().matches,
    () => undefined,
  )
  if (coarse === undefined) return { folders: false, cameras: false }
  return {
    // Phones have the property, and no folders that anybody would find.
    folders: !coarse && 'webkitdirectory' in HTMLInputElement.prototype,
    cameras: coarse && 'capture' in HTMLInputElement.prototype,
  }
}

function pointer(): MediaQueryList {
  return matchMedia('(pointer: coarse)')
}

function watchPointer(changed: () => void): () => void {
  const query = pointer()
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
