import type { Upload, Uploader } from '@oss-direct/uploader'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, useCallback, useRef, useState } from 'react'
import { useLanguage } from './language.tsx'
import { type DoneUpload, UploadRow } from './upload-row.tsx'

export interface UploadListProps {
  uploads: readonly Upload[]
  uploader: Uploader
  renderResult?: ((upload: DoneUpload) => ReactNode) | undefined
}

/** The uploads, in the order in which they were added. From 50 on only the rows in sight are in the page. */
export function UploadList({ uploads, uploader, renderResult }: UploadListProps) {
  const { messages } = useLanguage()
  const scroller = useRef<HTMLDivElement>(null)
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const windowed = uploads.length >= WINDOWED_FROM
  const virtualizer = useVirtualizer({
    count: windowed ? uploads.length : 0,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => uploads[index]?.id ?? index,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  })
  const toggle = useCallback((id: string, open: boolean) => setToggled((last) => new Map(last).set(id, open)), [])

  const items = windowed ? virtualizer.getVirtualItems() : uploads.map((_, index) => ({ index, start: undefined }))
  const places = placesInLine(uploads, items.at(-1)?.index ?? -1)
  const openByItself = uploads.length <= OPEN_UP_TO
  return (
    <section className="od-uploads" aria-label={messages.uploads}>
      {/* The list scrolls once it is windowed; what scrolls must be reachable by keyboard. */}
      <div
        className="od-scroller"
        ref={scroller}
        data-windowed={windowed || undefined}
        tabIndex={windowed ? 0 : undefined}
      >
        {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from a list whose markers are styled away */}
        <ul className="od-list" role="list" style={windowed ? { blockSize: virtualizer.getTotalSize() } : undefined}>
          {items.map(({ index, start }) => {
            const upload = uploads[index]
            if (upload === undefined) return null
            return (
              <li
                key={upload.id}
                className="od-row"
                ref={windowed ? virtualizer.measureElement : undefined}
                data-index={index}
                data-upload-id={upload.id}
                data-phase={upload.phase}
                tabIndex={-1}
                aria-setsize={uploads.length}
                aria-posinset={index + 1}
                style={start === undefined ? undefined : rowStyle(start)}
              >
                <UploadRow
                  upload={upload}
                  uploader={uploader}
                  place={places.get(upload.id) ?? 0}
                  open={toggled.get(upload.id) ?? openByItself}
                  toggle={toggle}
                  renderResult={renderResult}
                />
              </li>
            )
          })}
        </ul>
      </div>
    </section>
  )
}

const WINDOWED_FROM = 50
const ROW_HEIGHT = 65
/** With more answers than this, each waits to be asked for. */
const OPEN_UP_TO = 5

function rowStyle(start: number): CSSProperties {
  return { position: 'absolute', insetInline: 0, insetBlockStart: 0, transform: `translateY(${start}px)` }
}

/** How many wait before each waiting upload, itself included; only up to the last row in sight. */
function placesInLine(uploads: readonly Upload[], lastIndex: number): Map<string, number> {
  const places = new Map<string, number>()
  for (let index = 0; index <= lastIndex; index += 1) {
    const upload = uploads[index]
    if (upload?.phase === 'queued') places.set(upload.id, places.size + 1)
  }
  return places
}
