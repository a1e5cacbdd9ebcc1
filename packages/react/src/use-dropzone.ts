import type { Json, RouteRules } from '@oss-direct/shared'
import { type DragEvent, useCallback, useState } from 'react'
import { type DropzoneInputProps, type DropzoneRootProps, useDropzone as useFileDropzone } from 'react-dropzone'
import { type DragVerdict, judgeDrag } from './drag-verdict.ts'
import { useUploader } from './upload-provider.tsx'
import { usePagePaste } from './use-page-paste.ts'
import { useRouteRules } from './use-route-rules.ts'

export interface UseDropzoneOptions {
  route: string
  /** What the route's `input` asks for; sent with the files, checked by the server. */
  input?: Json | undefined
  /** @default false */
  disabled?: boolean | undefined
}

export interface DropzoneState {
  /** For the element onto which files are dropped. Your own handlers run first; `event.stopPropagation()` stops ours. */
  getRootProps(props?: DropzoneRootProps): DropzoneRootProps
  /** For an `<input>` inside of it. */
  getInputProps(props?: DropzoneInputProps): DropzoneInputProps
  /** Opens the browser's file dialog. */
  open(): void
  isDragging: boolean
  /** What can be said of the dragged files; undefined while nothing is dragged. */
  verdict: DragVerdict | undefined
  draggedCount: number
  /** Undefined until the server has told them. */
  rules: RouteRules | undefined
  /** Why the rules are not known. Files can be added all the same: the server checks them. */
  rulesError: unknown
}

/** A dropzone without looks: drop, browse and paste take the same road into the uploader. */
export function useDropzone({ route, input, disabled = false }: UseDropzoneOptions): DropzoneState {
  const uploader = useUploader()
  const known = useRouteRules(route)
  const rules = known.status === 'known' ? known.rules : undefined
  const [types, setTypes] = useState<readonly string[]>([])

  const add = useCallback(
    (files: Iterable<File>) => {
      setTypes([])
      uploader.add(route, files, input === undefined ? {} : { input })
    },
    [uploader, route, input],
  )

  // The route's rules are applied by the uploader, so that a refused file is told about like every other; here they only
  // colour the drag. That is why react-dropzone is given none of them.
  const { getRootProps, getInputProps, open, isDragActive, rootRef } = useFileDropzone({
    onDrop: add,
    disabled,
    noPaste: true, // only hears a paste inside of itself
    noKeyboard: true, // the button inside is what the keyboard uses
  })
  // A drop empties the types; react-dropzone may still be at work on the drag before it.
  const isDragging = isDragActive && types.length > 0
  usePagePaste(rootRef, disabled ? undefined : add)

  return {
    getRootProps: (props = {}) =>
      getRootProps({
        'data-dropzone': route,
        ...props,
        // At once and not in react-dropzone's own callback: after the event has been dispatched its items are gone.
        onDragEnter(event: DragEvent<HTMLElement>) {
          setTypes(draggedTypes(event.dataTransfer))
          props.onDragEnter?.(event)
        },
      }),
    getInputProps: (props = {}) =>
      getInputProps({
        accept: rules?.accept.join(','),
        multiple: rules === undefined || rules.maxFiles > 1,
        // The button beside it has the name and the focus; a screen reader need not meet both.
        'aria-hidden': true,
        ...props,
      }),
    open,
    isDragging,
    verdict: isDragging ? judgeDrag(types, rules) : undefined,
    draggedCount: types.length,
    rules,
    rulesError: known.status === 'unavailable' ? known.error : undefined,
  }
}

function draggedTypes(transfer: DataTransfer | null): string[] {
  const files = Array.from(transfer?.items ?? []).filter((item) => item.kind === 'file')
  // Some browsers tell only after the drop what it is; that it is files they all tell.
  if (files.length === 0 && transfer?.types.includes('Files')) return ['']
  // Firefox calls every dragged file this; it knows the type only after the drop.
  return files.map(({ type }) => (type === 'application/x-moz-file' ? '' : type))
}
