import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useBeforePaint } from './use-before-paint.ts'

export interface WindowOptions {
  /** The element that scrolls. */
  scroller: RefObject<HTMLElement | null>
  ids: readonly string[]
  /** Height in pixels of a row that has not been seen yet. */
  estimate: number
  /** Rows that stay whether they are in sight or not. */
  keep: readonly number[]
  /** Without it every row is shown. */
  enabled: boolean
}

export interface RowWindow {
  /** Indexes of the rows that belong into the page, ascending. */
  shown: readonly number[]
  topOf(index: number): number
  totalHeight: number
  /** For the `ref` of each row, which has its id in `data-upload-id`. */
  measure(row: HTMLElement | null): (() => void) | undefined
}

/** Rows beyond what is in sight, on both sides. Each of them is drawn anew at every jump, and a jump must not be felt. */
const OVERSCAN_PX = 130
/** Before the scroller has been measured. */
const FIRST_VIEW = { top: 0, height: 600 }

/** Of a long list the rows in sight: each has its own height, and those above are not felt when they change theirs. */
export function useWindow({ scroller, ids, estimate, keep, enabled }: WindowOptions): RowWindow {
  const heights = useRef(new Map<string, number>())
  const [measured, setMeasured] = useState(0)
  const [view, setView] = useState(FIRST_VIEW)
  const shift = useRef(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `measured` tells that the heights have changed
  const tops = useMemo(
    () => (enabled ? addUp(ids, heights.current, estimate) : NO_TOPS),
    [enabled, ids, estimate, measured],
  )
  const latest = useRef({ ids, tops })
  useBeforePaint(() => {
    latest.current = { ids, tops }
  })

  useBeforePaint(() => {
    const element = scroller.current
    if (!enabled || element === null) return
    // Read here, where the page is laid out, and not in the updater: that runs within the next rendering, which would then
    // have to lay out by itself what the rendering changes once more.
    const look = () => {
      const { scrollTop: top, clientHeight: height } = element
      setView((last) => (last.top === top && last.height === height ? last : { top, height }))
    }
    // Looks a first time by itself.
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [enabled, scroller])

  const sizes = useMemo(() => {
    if (typeof ResizeObserver === 'undefined') return undefined
    return new ResizeObserver((entries) => {
      const { ids, tops } = latest.current
      const scrolled = scroller.current?.scrollTop ?? 0
      let changed = false
      for (const { target, borderBoxSize } of entries) {
        const { uploadId = '', index } = (target as HTMLElement).dataset
        const height = borderBoxSize[0]?.blockSize ?? 0
        const before = heights.current.get(uploadId)
        // A row that is taken out of the page reports that it has no height.
        if (height === 0 || height === before) continue
        heights.current.set(uploadId, height)
        changed = true
        const top = tops[Number(index)]
        if (ids[Number(index)] === uploadId && top !== undefined && top < scrolled) {
          shift.current += height - (before ?? (tops[Number(index) + 1] ?? top) - top)
        }
      }
      if (changed) setMeasured((count) => count + 1)
    })
  }, [scroller])
  useEffect(() => () => sizes?.disconnect(), [sizes])

  // What lies above the view grew or shrank: the view stays on what it showed. Not within the rendering: to move a scroller
  // the page must be laid out, and here that is still before anybody sees it.
  useBeforePaint(() => {
    if (shift.current === 0) return
    const frame = requestAnimationFrame(() => {
      if (scroller.current !== null) scroller.current.scrollTop += shift.current
      shift.current = 0
    })
    return () => cancelAnimationFrame(frame)
  }, [measured])

  const measure = useCallback(
    (row: HTMLElement | null) => {
      if (row === null || sizes === undefined) return undefined
      sizes.observe(row)
      return () => sizes.unobserve(row)
    },
    [sizes],
  )
  return {
    shown: enabled ? indexesInView(tops, view, keep) : ids.map((_, index) => index),
    topOf: (index) => tops[index] ?? 0,
    totalHeight: tops[ids.length] ?? 0,
    measure,
  }
}

const NO_TOPS = new Float64Array(0)

/** Where each row begins, and behind the last where the list ends. */
function addUp(ids: readonly string[], heights: ReadonlyMap<string, number>, estimate: number): Float64Array {
  const tops = new Float64Array(ids.length + 1)
  for (let index = 0; index < ids.length; index += 1) {
    tops[index + 1] = (tops[index] ?? 0) + (heights.get(ids[index] ?? '') ?? estimate)
  }
  return tops
}

function indexesInView(tops: Float64Array, view: { top: number; height: number }, keep: readonly number[]): number[] {
  const count = tops.length - 1
  const first = rowAt(tops, view.top - OVERSCAN_PX)
  const last = Math.min(rowAt(tops, view.top + view.height + OVERSCAN_PX), count - 1)
  const indexes = new Set(keep.filter((index) => index < count))
  for (let index = first; index <= last; index += 1) indexes.add(index)
  return [...indexes].sort((a, b) => a - b)
}

/** The row that covers a height, by halving. */
function rowAt(tops: Float64Array, y: number): number {
  let low = 0
  let high = tops.length - 2
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((tops[middle] ?? 0) <= y) low = middle
    else high = middle - 1
  }
  return Math.max(low, 0)
}
