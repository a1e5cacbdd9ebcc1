// @ts-check
import { ask, contentUrl, objectsPath } from './api.js'
import { signedCurl } from './buckets-view.js'
import { afterwards, fill, h } from './dom.js'
import { formatBytes, formatCount, formatTime } from './formats.js'
import { t } from './language.js'
import { objectPanel } from './object-panel.js'
import { actionButton, commandBox, emptyState, facts, field, showFailure, timeOf } from './parts.js'

/** @typedef {import('./api.js').Bucket} Bucket */
/** @typedef {import('./api.js').ObjectLine} ObjectLine */

const PAGE = 100
// A picture in the list is the whole object, so a large one has none.
const LARGEST_THUMBNAIL = 2 * 1024 * 1024
const READS = ['GetObject', 'HeadObject', 'GetObjectMeta', 'OptionObject']

/** One bucket: its objects, and the one that the address names. @param {import('./main.js').Session} session */
export function bucketView({ live, signal, path, parameters }) {
  const bucket = path[1] ?? ''
  let openKey = parameters.get('key')
  /** @type {ObjectLine[]} */
  let objects = []
  /** @type {string | null} */
  let next = null

  const prefix = h('input', {
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    value: parameters.get('prefix') ?? '',
  })
  const about = h('div', {})
  const count = h('p', { class: 'check muted' })
  const list = h('div', {})
  const more = actionButton(t('showMore'), () => load(objects.at(-1)?.key ?? ''))
  const panel = h('div', { class: 'side' })

  /** Loads what comes behind a key, or as much as is shown from the beginning. @param {string} [after] */
  async function load(after = '') {
    const limit = after === '' ? Math.min(1000, Math.max(PAGE, objects.length)) : PAGE
    /** @type {{ objects: ObjectLine[], next: string | null }} */
    const page = await ask('GET', objectsPath(bucket, { prefix: prefix.value, after, limit }))
    if (signal.aborted) return
    objects = after === '' ? page.objects : [...objects, ...page.objects]
    next = page.next
    show()
  }

  function show() {
    fill(count, objects.length > 0 && t('objects.count', { count: formatCount(objects.length) }))
    more.hidden = next === null
    const focused = list.contains(document.activeElement) && document.activeElement?.getAttribute('data-key')
    if (objects.length > 0) fill(list, objectTable(bucket, objects, openKey, addressOf))
    else fill(list, prefix.value === '' ? emptyBucket(bucket) : emptyState(t('objects.noMatch')))
    if (focused) findLink(list, focused)?.focus()
  }

  /** @param {string | null} key */
  function addressOf(key) {
    const parts = new URLSearchParams()
    if (prefix.value !== '') parts.set('prefix', prefix.value)
    if (key !== null) parts.set('key', key)
    return `#/buckets/${encodeURIComponent(bucket)}${parts.size > 0 ? `?${parts}` : ''}`
  }

  /** @param {string | null} key */
  function openObject(key) {
    openKey = key
    const close = () => {
      location.hash = addressOf(null)
    }
    const gone = async () => {
      await load()
      close()
    }
    fill(panel, key !== null && objectPanel({ bucket, key, signal, close, gone }))
    for (const link of list.querySelectorAll('a[data-key]')) {
      if (link.getAttribute('data-key') === key) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }

  const again = afterwards(() => void load().catch((error) => showFailure(list, error)), 300)
  signal.addEventListener('abort', again.cancel)
  prefix.addEventListener('input', () => {
    history.replaceState(null, '', addressOf(openKey))
    again()
  })
  live.watch((changed) => {
    const isWrite = changed.some((request) => request.bucket === bucket && !READS.includes(request.operation))
    if (isWrite || changed.length === 0) again()
  }, signal)

  ask('GET', 'buckets')
    .then((/** @type {{ buckets: Bucket[] }} */ { buckets }) => {
      const found = buckets.find(({ name }) => name === bucket)
      fill(about, found === undefined ? h('p', {}, t('bucket.missing')) : bucketFacts(found))
    })
    .catch((error) => showFailure(about, error))
  load().catch((error) => showFailure(list, error))
  openObject(openKey)

  return {
    title: bucket,
    element: h(
      'div',
      {},
      h('p', { class: 'trail' }, h('a', { href: '#/buckets' }, t('buckets'))),
      h('h1', { tabindex: -1 }, bucket),
      about,
      h('div', { class: 'toolbar' }, field(t('objects.prefix'), prefix), h('span', { class: 'space' }), count),
      h('div', { class: 'beside' }, h('div', { class: 'list-side' }, list, more), panel),
    ),
    /** The same bucket, another object. @param {import('./main.js').Route} route */
    follow(route) {
      if (route.path[1] !== bucket || (route.parameters.get('prefix') ?? '') !== prefix.value) return false
      const key = route.parameters.get('key')
      const before = openKey
      openObject(key)
      if (key !== null) panel.querySelector('h2')?.focus()
      else if (before !== null) (findLink(list, before) ?? prefix).focus()
      return true
    },
  }
}

/** @param {Element} list @param {string} key @returns {HTMLElement | undefined} */
function findLink(list, key) {
  /** @type {NodeListOf<HTMLElement>} */
  const links = list.querySelectorAll('a[data-key]')
  return [...links].find((link) => link.dataset.key === key)
}

/**
 * @param {string} bucket
 * @param {readonly ObjectLine[]} objects
 * @param {string | null} openKey
 * @param {(key: string) => string} addressOf
 */
function objectTable(bucket, objects, openKey, addressOf) {
  const table = h(
    'table',
    { class: 'objects' },
    h('caption', { class: 'unseen' }, bucket),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, t('object.key')),
        h('th', { scope: 'col', class: 'number' }, t('object.size')),
        h('th', { scope: 'col', class: 'wide' }, t('object.contentType')),
        h('th', { scope: 'col', class: 'wide' }, t('object.modified')),
      ),
    ),
    h(
      'tbody',
      {},
      ...objects.map(({ key, size, contentType, lastModified }) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h(
              'div',
              { class: 'object-name' },
              thumbnail(bucket, { key, size, contentType }),
              h(
                'a',
                { href: addressOf(key), 'data-key': key, 'aria-current': key === openKey ? 'true' : undefined },
                key,
              ),
            ),
          ),
          h('td', { class: 'number' }, formatBytes(size)),
          h('td', { class: 'wide' }, contentType),
          h('td', { class: 'wide' }, timeOf(lastModified, formatTime(lastModified))),
        ),
      ),
    ),
  )
  return h('div', { class: 'table-frame' }, table)
}

/** @param {string} bucket @param {{ key: string, size: number, contentType: string }} object */
function thumbnail(bucket, { key, size, contentType }) {
  const ending = /\.(\w{1,4})$/.exec(key)?.[1] ?? ''
  const sign = h('span', { class: 'thumbnail', 'aria-hidden': 'true' }, ending)
  if (!/^image\/(png|jpeg|gif|webp|avif|bmp)\b/.test(contentType) || size > LARGEST_THUMBNAIL) return sign
  const source = { src: contentUrl(bucket, key), loading: 'lazy', decoding: 'async' }
  // It may say that it is a picture and be none.
  const picture = h('img', { class: 'thumbnail', alt: '', ...source, error: () => picture.replaceWith(sign) })
  return picture
}

/** @param {string} bucket */
function emptyBucket(bucket) {
  const command = signedCurl({
    method: 'PUT',
    resource: `/${bucket}/hello.txt`,
    path: `/${bucket}/hello.txt`,
    options: ` -H 'Content-Type:' -d hello`,
  })
  return emptyState(t('objects.none'), h('p', {}, t('objects.noneText')), commandBox(command, t('objects.none')))
}

/** @param {Bucket} bucket */
function bucketFacts({ acl, createdAt, cors }) {
  return h(
    'div',
    { class: 'stack' },
    h('p', { class: 'intro' }, `${acl} · `, timeOf(createdAt, formatTime(createdAt))),
    cors !== undefined &&
      h(
        'details',
        { class: 'panel' },
        h('summary', {}, `${t('cors.rules')}: ${cors.rules.length}`),
        ...cors.rules.map((rule) =>
          facts([
            [t('cors.origins'), rule.allowedOrigins.join(', ')],
            [t('cors.methods'), rule.allowedMethods.join(', ')],
            [t('cors.headers'), rule.allowedHeaders?.join(', ')],
            [t('cors.exposed'), rule.exposeHeaders?.join(', ')],
            [
              t('cors.maxAge'),
              rule.maxAgeSeconds === undefined ? '' : t('cors.seconds', { count: rule.maxAgeSeconds }),
            ],
          ]),
        ),
      ),
  )
}
