// @ts-check
import { ask } from './api.js'
import { afterwards, fill, h } from './dom.js'
import { formatTime } from './formats.js'
import { t } from './language.js'
import { commandBox, emptyState, showFailure, timeOf } from './parts.js'

/** @typedef {import('./api.js').Bucket} Bucket */

/** @param {import('./main.js').Session} session */
export function bucketsView({ live, signal }) {
  const list = h('div', {})

  async function load() {
    /** @type {{ buckets: Bucket[] }} */
    const { buckets } = await ask('GET', 'buckets')
    if (signal.aborted) return
    fill(list, buckets.length === 0 ? noBucket() : bucketTable(buckets))
  }
  const show = () => void load().catch((error) => showFailure(list, error))
  const again = afterwards(show, 300)
  live.watch((changed) => {
    if (changed.some(({ operation }) => /Bucket/.test(operation))) again()
  }, signal)
  show()

  return {
    title: t('buckets'),
    element: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, t('buckets')),
      h('p', { class: 'intro' }, t('buckets.intro')),
      list,
    ),
  }
}

/** @param {Bucket[]} buckets */
function bucketTable(buckets) {
  const head = ['bucket.name', 'bucket.access', 'bucket.cors', 'bucket.created']
  return h(
    'div',
    { class: 'table-frame' },
    h(
      'table',
      { class: 'buckets' },
      h('caption', { class: 'unseen' }, t('buckets')),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...head.map((name) =>
            h('th', { scope: 'col' }, t(/** @type {import('./language.js').MessageName} */ (name))),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        ...buckets.map(({ name, acl, cors, createdAt }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, h('a', { href: `#/buckets/${encodeURIComponent(name)}` }, name)),
            h('td', {}, acl),
            h('td', {}, corsOrigins(cors)),
            h('td', {}, timeOf(createdAt, formatTime(createdAt))),
          ),
        ),
      ),
    ),
  )
}

/** @param {Bucket['cors']} cors */
function corsOrigins(cors) {
  const origins = [...new Set(cors?.rules.flatMap(({ allowedOrigins }) => allowedOrigins) ?? [])]
  return origins.length === 0 ? h('span', { class: 'muted' }, t('bucket.noCors')) : origins.join(', ')
}

function noBucket() {
  return emptyState(
    t('buckets.none'),
    h('p', {}, t('buckets.noneText')),
    commandBox(signedCurl({ method: 'PUT', resource: '/photos/', path: '/photos', options: '' }), t('buckets.none')),
  )
}

/**
 * A line for a shell with `curl` and `openssl`, by the V1 signature. The key comes from the environment: a page is no
 * place for a secret.
 * @param {{ method: string, resource: string, path: string, options: string }} request
 */
export function signedCurl({ method, resource, path, options }) {
  return [
    `date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')`,
    `signature=$(printf '${method}\\n\\n\\n%s\\n${resource}' "$date" |`,
    `  openssl dgst -sha1 -hmac "$OSS_ACCESS_KEY_SECRET" -binary | base64)`,
    `curl -X ${method} ${location.origin}${path} -H "Date: $date"${options} \\`,
    `  -H "Authorization: OSS $OSS_ACCESS_KEY_ID:$signature"`,
  ].join('\n')
}
