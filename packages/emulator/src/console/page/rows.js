// @ts-check
import { fill, h } from './dom.js'

/** @typedef {import('./dom.js').Child} Child */

let lastId = 0

/**
 * A list whose rows open to show more. Rows are kept by their id, so that focus and what is open survive a change.
 * @template Item
 * @param {object} look
 * @param {string} look.label
 * @param {string} look.kind class of the list, for the widths of its columns
 * @param {readonly string[]} look.columns
 * @param {(item: Item) => string} look.idOf
 * @param {(item: Item) => readonly Child[]} look.cells
 * @param {(item: Item) => string} look.toneOf
 * @param {(item: Item, detail: HTMLElement) => void} look.open fills the details when they open or the item changes
 * @param {(item: Item) => Child} [look.action] beside the row
 */
export function createRows(look) {
  /** @type {Map<string, { item: Item, element: HTMLElement, update(item: Item): void, open(): void }>} */
  const rows = new Map()
  const list = h('ul', { class: 'rows', 'aria-label': look.label })
  const head = h(
    'div',
    { class: 'row-columns', 'aria-hidden': 'true' },
    ...look.columns.map((name) => h('span', {}, name)),
  )
  const element = h('div', { class: `list ${look.kind}` }, head, list)

  /** @param {Item} first */
  function createRow(first) {
    let item = first
    const id = `row-${++lastId}`
    const detail = h('div', { id, class: 'row-detail', hidden: true })
    const button = h('button', { type: 'button', class: 'row-head', 'aria-expanded': 'false', 'aria-controls': id })
    const row = h('li', { class: 'row' }, h('div', { class: 'row-line' }, button, look.action?.(item)), detail)
    const setOpen = (/** @type {boolean} */ isOpen) => {
      button.setAttribute('aria-expanded', String(isOpen))
      detail.hidden = !isOpen
      if (isOpen) look.open(item, detail)
      else fill(detail)
    }
    button.addEventListener('click', () => setOpen(button.getAttribute('aria-expanded') !== 'true'))
    const update = (/** @type {Item} */ now) => {
      item = now
      row.dataset.tone = look.toneOf(now)
      fill(button, ...look.cells(now))
      if (!detail.hidden) look.open(now, detail)
    }
    update(first)
    return {
      item: first,
      element: row,
      update,
      open() {
        setOpen(true)
        row.scrollIntoView({ block: 'nearest' })
        button.focus()
      },
    }
  }

  return {
    element,
    /** @param {readonly Item[]} items in the order in which they stand */
    show(items) {
      const ids = new Set(items.map(look.idOf))
      for (const [id, row] of rows) {
        if (ids.has(id)) continue
        row.element.remove()
        rows.delete(id)
      }
      // From the end: what is in its place already is not moved, and keeps its focus.
      /** @type {Element | null} */
      let next = null
      for (const item of items.toReversed()) {
        const id = look.idOf(item)
        let row = rows.get(id)
        if (row === undefined) {
          row = createRow(item)
          rows.set(id, row)
        } else if (row.item !== item) {
          row.item = item
          row.update(item)
        }
        if (row.element.nextElementSibling !== next || row.element.parentElement !== list) {
          list.insertBefore(row.element, next)
        }
        next = row.element
      }
      element.hidden = items.length === 0
    },
    /** @param {string} id */
    open(id) {
      rows.get(id)?.open()
    },
  }
}
