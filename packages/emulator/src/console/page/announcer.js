// @ts-check
import { h } from './dom.js'

const GATHER_MS = 1000

/** What a screen reader says when it has a moment; never more than once a second. */
export const announcerElement = h('p', { role: 'status', class: 'unseen' })

/** @type {string[]} */
let waiting = []

export function announce(/** @type {string} */ sentence) {
  waiting.push(sentence)
  if (waiting.length > 1) return
  setTimeout(() => {
    announcerElement.textContent = [...new Set(waiting)].join('. ')
    waiting = []
  }, GATHER_MS)
}
