import type { Upload, Uploader } from '@oss-direct/uploader'
import {
  type ComponentPropsWithoutRef,
  createContext,
  forwardRef,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useState,
} from 'react'
import { type CustomItemComponentProps, Virtualizer } from 'virtua'
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
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [focusedIndex, setFocusedIndex] = useState<number>()
  const toggle = useCallback((id: string, open: boolean) => setToggled((last) => new Map(last).set(id, open)), [])
  const placeOf = useMemo(() => countPlaces(uploads), [uploads])

  const windowed = uploads.length >= WINDOWED_FROM
  const openByItself = uploads.length <= OPEN_UP_TO
  const renderRow = (upload: Upload, index: number) => (
    <UploadRow
      key={upload.id}
      upload={upload}
      uploader={uploader}
      place={upload.phase === 'queued' ? placeOf(index) : 0}
      open={toggled.get(upload.id) ?? openByItself}
      toggle={toggle}
      renderResult={renderResult}
    />
  )
  return (
    <section
      className="od-uploads"
      aria-label={messages.uploads}
      onFocus={({ target }) => setFocusedIndex(indexOfRow(target))}
    >
      {/* Once it is windowed the list scrolls, and what scrolls must be reached by keyboard. */}
      <div className="od-scroller" data-windowed={windowed || undefined} tabIndex={windowed ? 0 : undefined}>
        <ListedUploads.Provider value={uploads}>
          {windowed ? (
            <Virtualizer
              as={List}
              item={Item}
              data={uploads}
              itemSize={ROW_HEIGHT}
              // The row that has the focus stays, so that scrolling does not take it away.
              keepMounted={focusedIndex === undefined || focusedIndex >= uploads.length ? [] : [focusedIndex]}
            >
              {renderRow}
            </Virtualizer>
          ) : (
            <List>
              {uploads.map((upload, index) => (
                <Item key={upload.id} index={index}>
                  {renderRow(upload, index)}
                </Item>
              ))}
            </List>
          )}
        </ListedUploads.Provider>
      </div>
    </section>
  )
}

const WINDOWED_FROM = 50
const ROW_HEIGHT = 63
/** With more answers than this, each waits to be asked for. */
const OPEN_UP_TO = 5

const List = forwardRef<HTMLUListElement, ComponentPropsWithoutRef<'ul'>>(function List(props, ref) {
  // biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from a list whose markers are styled away
  return <ul className="od-list" role="list" {...props} ref={ref} />
})

// The windowing library gives its items an index and nothing else.
const ListedUploads = createContext<readonly Upload[]>([])

const Item = forwardRef<HTMLLIElement, Partial<CustomItemComponentProps> & { index: number }>(function Item(
  { index, children, style },
  ref,
) {
  const uploads = useContext(ListedUploads)
  const upload = uploads[index]
  return (
    <li
      ref={ref}
      className="od-row"
      data-index={index}
      data-upload-id={upload?.id}
      data-phase={upload?.phase}
      tabIndex={-1}
      aria-setsize={uploads.length}
      aria-posinset={index + 1}
      style={style}
    >
      {children}
    </li>
  )
})

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
