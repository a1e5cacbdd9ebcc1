import type { Upload } from '@oss-direct/uploader'
import { memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLanguage } from './language.tsx'
import { usePanelUploads } from './panel.ts'
import { RowContext } from './row.ts'
import { UploadItem } from './upload-item.tsx'
import { type RowWindow, useWindow } from './use-window.ts'

export interface UploadListProps {
  /**
   * What stands in a row; the row itself, its place in the list and its focus are taken care of. Keep the function the same
   * from one rendering to the next (`useCallback`), so that only rows are drawn whose upload has changed.
   * @default <UploadItem upload={upload} />
   */
  children?: ((upload: Upload) => ReactNode) | undefined
}

/** The uploads, in the order in which they were added. From 50 on only the rows in sight are in the page. */
export function UploadList({ children = renderItem }: UploadListProps) {
  const { messages } = useLanguage()
  const { rows } = usePanelUploads('UploadList')
  const scroller = useRef<HTMLDivElement>(null)
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [focusedIndex, setFocusedIndex] = useState<number>()
  const toggle = useCallback((id: string, open: boolean) => setToggled((last) => new Map(last).set(id, open)), [])
  const placeOf = useMemo(() => countPlaces(rows), [rows])

  const windowed = rows.length >= WINDOWED_FROM
  const openByItself = rows.length <= OPEN_UP_TO
  const ids = useMemo(() => rows.map(({ id }) => id), [rows])
  // The row that has the focus stays, so that scrolling does not take it away.
  const keep = focusedIndex === undefined ? [] : [focusedIndex]
  const { shown, topOf, totalHeight, measure } = useWindow({ scroller, ids, estimate: ROW_PX, keep, enabled: windowed })
  if (rows.length === 0) return null
  return (
    <section
      className="od-uploads"
      aria-label={messages.uploads}
      onFocus={({ target }) => setFocusedIndex(indexOfRow(target))}
    >
      {/* Once it is windowed the list scrolls, and what scrolls must be reached by keyboard. */}
      <div
        className="od-scroller"
        ref={scroller}
        data-windowed={windowed || undefined}
        tabIndex={windowed ? 0 : undefined}
      >
        {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from a list whose markers are styled away */}
        <ul className="od-list" role="list" style={windowed ? { blockSize: totalHeight } : undefined}>
          {shown.map((index) => {
            const upload = rows[index]
            if (upload === undefined) return null
            return (
              <Row
                key={upload.id}
                upload={upload}
                index={index}
                count={rows.length}
                top={windowed ? topOf(index) : undefined}
                measure={measure}
                place={upload.phase === 'queued' ? placeOf(index) : 0}
                open={toggled.get(upload.id) ?? openByItself}
                toggle={toggle}
                render={children}
              />
            )
          })}
        </ul>
      </div>
    </section>
  )
}

const WINDOWED_FROM = 50
const ROW_PX = 63
/** With more answers than this, each waits to be asked for. */
const OPEN_UP_TO = 5

interface RowProps {
  upload: Upload
  index: number
  count: number
  /** Pixels from the top of the list, where rows out of sight are left out. */
  top: number | undefined
  measure: RowWindow['measure']
  place: number
  open: boolean
  toggle(id: string, open: boolean): void
  render(upload: Upload): ReactNode
}

/** Rendered again only when this very upload changes: the store keeps the identity of all others. */
const Row = memo(function Row({ upload, index, count, top, measure, place, open, toggle, render }: RowProps) {
  const element = useRef<HTMLLIElement>(null)
  const row = useMemo(() => ({ place, open, toggle }), [place, open, toggle])
  useEffect(() => measure(element.current), [measure])
  return (
    <li
      ref={element}
      className="od-row"
      data-index={index}
      data-upload-id={upload.id}
      data-phase={upload.phase}
      tabIndex={-1}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={top === undefined ? undefined : { top }}
    >
      <RowContext.Provider value={row}>{render(upload)}</RowContext.Provider>
    </li>
  )
})

function renderItem(upload: Upload): ReactNode {
  return <UploadItem upload={upload} />
}

function indexOfRow(element: Element): number | undefined {
  const index = element.closest<HTMLElement>('[data-index]')?.dataset.index
  return index === undefined ? undefined : Number(index)
}

/** How many wait up to a row, itself included. Counted only as far as somebody asks. */
function countPlaces(uploads: readonly Upload[]): (index: number) => number {
  const places: number[] = []
  return (index) => {
    while (places.length <= index) {
      places.push((places.at(-1) ?? 0) + (uploads[places.length]?.phase === 'queued' ? 1 : 0))
    }
    return places[index] ?? 0
  }
}
