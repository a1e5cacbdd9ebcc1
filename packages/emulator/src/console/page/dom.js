// @ts-check

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {string | number | boolean | undefined | ((event: Event) => void)} Attribute */

/**
 * An element. Text stays text whatever is in it; an attribute that is a function listens to the event of its name.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} attributes `true` sets one without a value, `false` and `undefined` leave it out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  fill(element, ...children)
  return element
}

/**
 * Puts these in place of whatever an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flatMap((child) => {
      if (child === null || child === undefined || child === false) return []
      return [typeof child === 'number' ? String(child) : child]
    }),
  )
}

/**
 * Runs once after calls have stopped coming for a while.
 * @param {() => void} task
 * @param {number} ms
 * @returns {{ (): void, cancel(): void }}
 */
export function afterwards(task, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(task, ms)
  }
  return Object.assign(later, { cancel: () => clearTimeout(timer) })
}
