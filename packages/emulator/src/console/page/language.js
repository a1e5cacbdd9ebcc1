// @ts-check
import { messages } from './messages.js'

/** @typedef {import('./messages.js').Language} Language */
/** @typedef {import('./messages.js').MessageName} MessageName */

const KEPT_AS = 'local-oss-language'

/** @type {Language} */
export const language = chooseLanguage()

/**
 * @param {MessageName} name
 * @param {Record<string, string | number>} [values] what stands in braces
 */
export function t(name, values = {}) {
  return messages[language][name].replace(/\{(\w+)\}/g, (_whole, key) => String(values[key] ?? ''))
}

/** Keeps the choice and shows the page in it. */
export function switchLanguage(/** @type {string} */ chosen) {
  try {
    localStorage.setItem(KEPT_AS, chosen)
  } catch {
    // Storage may be forbidden; then the choice holds for no longer than this page.
  }
  location.reload()
}

/** @returns {Language} */
function chooseLanguage() {
  const wanted = keptLanguage() ?? navigator.language
  return /^zh\b/i.test(wanted) ? 'zh-CN' : 'en'
}

function keptLanguage() {
  try {
    return localStorage.getItem(KEPT_AS)
  } catch {
    return null
  }
}
