// @ts-check
import { announcerElement } from './announcer.js'
import { bucketView } from './bucket-view.js'
import { bucketsView } from './buckets-view.js'
import { callbacksView } from './callbacks-view.js'
import { fill, h } from './dom.js'
import { createFaultList } from './faults.js'
import { faultsView } from './faults-view.js'
import { language, switchLanguage, t } from './language.js'
import { createLive } from './live.js'
import { requestsView } from './requests-view.js'

/** @typedef {{ path: string[], parameters: URLSearchParams }} Route `#/buckets/photos?key=a` */

/**
 * What a view works with while it is shown; `signal` ends it.
 * @typedef {Route & { live: import('./live.js').Live, faults: import('./faults.js').FaultList, signal: AbortSignal }} Session
 */

/**
 * @typedef {{ title: string, element: HTMLElement, follow?(route: Route): boolean }} View
 *   `follow` goes to another address within the view, where it can
 */

const SECTIONS = /** @type {const} */ (['buckets', 'requests', 'callbacks', 'faults'])
const VIEWS = { requests: requestsView, callbacks: callbacksView, faults: faultsView }

const live = createLive()
const faults = createFaultList(live)
/** @type {{ view: View, ending: AbortController, section: string } | undefined} */
let current

const main = h('main', { id: 'main', tabindex: -1 })
const faultCount = h('span', { class: 'count' })
const links = SECTIONS.map((section) =>
  h('a', { href: `#/${section}`, 'data-section': section }, t(section), section === 'faults' && faultCount),
)
const connection = h('span', { class: 'connection' })

document.documentElement.lang = language
document.body.replaceChildren(
  h('button', { type: 'button', class: 'skip', click: () => main.focus() }, t('skip')),
  h(
    'header',
    {},
    h('a', { class: 'brand', href: '#/buckets' }, t('title')),
    h('nav', { 'aria-label': t('sections') }, ...links),
    h('div', { class: 'header-end' }, connection, languageSelect()),
  ),
  main,
  announcerElement,
)

function languageSelect() {
  const options = /** @type {const} */ ([
    ['en', 'English'],
    ['zh-CN', '简体中文'],
  ])
  return h(
    'select',
    {
      'aria-label': t('language'),
      change: (event) => switchLanguage(/** @type {HTMLSelectElement} */ (event.target).value),
    },
    ...options.map(([value, name]) => h('option', { value, lang: value, selected: value === language }, name)),
  )
}

/** @returns {Route} */
function readRoute() {
  const [path = '', search = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  return { path: path.split('/').map(decoded), parameters: new URLSearchParams(search) }
}

function decoded(/** @type {string} */ text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function showRoute() {
  const route = readRoute()
  const section = SECTIONS.find((name) => name === route.path[0]) ?? 'buckets'
  if (current?.section === section && current.view.follow?.(route)) return
  const isFirst = current === undefined
  current?.ending.abort()
  const ending = new AbortController()
  const session = { ...route, live, faults, signal: ending.signal }
  const view = section === 'buckets' ? (route.path[1] ? bucketView : bucketsView)(session) : VIEWS[section](session)
  current = { view, ending, section }
  document.title = `${view.title} · ${t('title')}`
  for (const link of links) {
    if (link.dataset.section === section) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  fill(main, view.element)
  if (isFirst) return
  window.scrollTo(0, 0)
  view.element.querySelector('h1')?.focus()
}

function showConnection() {
  const state = live.connection()
  connection.dataset.state = state
  connection.textContent = t(state)
}

function showFaultCount() {
  const count = faults.list().length
  fill(faultCount, count > 0 && ` ${count}`)
  faultCount.title = t('faults.count', { count })
}

const always = new AbortController().signal
faults.watch(showFaultCount, always)
live.watchConnection(showConnection)
showConnection()
window.addEventListener('hashchange', showRoute)
showRoute()
