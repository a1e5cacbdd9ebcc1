// @ts-check
import { announce } from './announcer.js'
import { ask } from './api.js'
import { afterwards, fill, h } from './dom.js'
import { formatBytes, formatClock, formatDuration, formatTime } from './formats.js'
import { t } from './language.js'
import { actionButton, commandBox, confirmed, copyButton, emptyState, facts, field, timeOf } from './parts.js'
import { createRows } from './rows.js'

/** @typedef {import('./api.js').RequestLine} RequestLine */

const SAID_MS = 3000

/** @param {import('./main.js').Session} session */
export function requestsView({ live, signal }) {
  const text = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', input: () => show() })
  const operation = h('select', { change: () => show() })
  const errorsOnly = h('input', { type: 'checkbox', change: () => show() })
  const empty = h('div', {})
  let shown = live.newestFirst()
  let isPaused = false
  let unsaid = 0

  const say = afterwards(() => {
    announce(t('requests.new', { count: unsaid }))
    unsaid = 0
  }, SAID_MS)
  signal.addEventListener('abort', say.cancel)

  const pause = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', click: togglePause })
  const clear = actionButton(t('requests.clear'), async () => {
    const question = { title: t('requests.clearTitle'), text: t('requests.clearText'), action: t('requests.clear') }
    if (!(await confirmed(question))) return
    await ask('DELETE', 'requests')
    announce(t('requests.cleared'))
  })

  /** @type {ReturnType<typeof createRows<RequestLine>>} */
  const rows = createRows({
    label: t('requests.list'),
    kind: 'requests',
    columns: [
      t('request.time'),
      t('requests.operation'),
      t('request.target'),
      t('request.status'),
      t('request.received'),
      t('request.duration'),
    ],
    idOf: ({ requestId }) => requestId,
    toneOf,
    cells: (request) => [
      timeOf(request.startedAt, formatClock(request.startedAt)),
      h('span', { class: 'name' }, request.operation || t('request.unknown')),
      h('span', { class: 'path' }, pathOf(request)),
      h('span', { class: 'status' }, statusOf(request)),
      h('span', { class: 'number' }, formatBytes(request.bytesReceived)),
      h('span', { class: 'number' }, formatDuration(request.durationMs)),
    ],
    open: (request, detail) => fill(detail, requestDetails(request)),
  })

  function togglePause() {
    isPaused = !isPaused
    pause.setAttribute('aria-pressed', String(isPaused))
    refresh()
  }

  function refresh() {
    const all = live.newestFirst()
    if (!isPaused) shown = all
    const known = new Set(shown.map(({ requestId }) => requestId))
    const waiting = all.filter(({ requestId }) => !known.has(requestId)).length
    pause.textContent = !isPaused
      ? t('requests.pause')
      : waiting === 0
        ? t('requests.resume')
        : t('requests.waiting', { count: waiting })
    show()
  }

  function show() {
    offerOperations()
    const wanted = text.value.toLowerCase()
    const matching = shown.filter(
      (request) =>
        (wanted === '' || searchable(request).includes(wanted)) &&
        (operation.value === '' || operation.value === request.operation) &&
        (!errorsOnly.checked || toneOf(request) !== 'fine'),
    )
    rows.show(matching)
    const lesson =
      shown.length === 0
        ? emptyState(
            t('requests.none'),
            h('p', {}, t('requests.noneText')),
            commandBox(location.origin, t('requests.none')),
          )
        : emptyState(t('requests.noMatch'))
    fill(empty, matching.length === 0 && lesson)
  }

  function offerOperations() {
    const names = [...new Set(shown.map((request) => request.operation).filter((name) => name !== ''))].sort()
    if (operation.options.length === names.length + 1) return
    const chosen = operation.value
    fill(
      operation,
      h('option', { value: '' }, t('requests.all')),
      ...names.map((name) => h('option', { value: name }, name)),
    )
    operation.value = names.includes(chosen) ? chosen : ''
  }

  live.watch((changed) => {
    const fresh = changed.filter(({ requestId }) => !shown.some((request) => request.requestId === requestId)).length
    refresh()
    if (fresh === 0 || isPaused) return
    unsaid += fresh
    say()
  }, signal)
  refresh()

  return {
    title: t('requests'),
    element: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, t('requests')),
      h('p', { class: 'intro' }, t('requests.intro')),
      h(
        'div',
        { class: 'toolbar' },
        field(t('requests.text'), text),
        field(t('requests.operation'), operation),
        h('label', { class: 'check' }, errorsOnly, t('requests.errorsOnly')),
        h('span', { class: 'space' }),
        pause,
        clear,
      ),
      rows.element,
      empty,
    ),
  }
}

/** @param {RequestLine} request */
function toneOf({ status, durationMs }) {
  if (status === 203) return 'unconfirmed'
  if (status >= 400) return 'failed'
  return status === 0 && durationMs > 0 ? 'failed' : 'fine'
}

/** @param {RequestLine} request */
function statusOf({ status, durationMs, code }) {
  if (status === 0) return durationMs > 0 ? t('request.noAnswer') : t('request.running')
  return code === undefined ? String(status) : `${status} ${code}`
}

/** @param {RequestLine} request */
export function pathOf({ bucket, key }) {
  return key === '' ? bucket : `${bucket}/${key}`
}

/** @param {RequestLine} request */
function searchable(request) {
  const { requestId, operation, method, query, status, code = '', ec = '', message = '' } = request
  return [requestId, method, operation, pathOf(request), query, status, code, ec, message].join('\n').toLowerCase()
}

/** @param {RequestLine} request */
function requestDetails(request) {
  const { requestId, startedAt, method, query, code, ec, message, headers, callbacks } = request
  return h(
    'div',
    { class: 'columns' },
    facts([
      [t('request.line'), h('code', {}, `${method} /${pathOf(request)}${query === '' ? '' : `?${query}`}`)],
      [t('request.status'), statusOf(request)],
      [t('request.code'), code],
      [t('request.ec'), ec && h('code', {}, ec)],
      [t('request.message'), message],
      [t('request.id'), h('code', {}, requestId), ' ', copyButton(requestId)],
      [t('request.time'), timeOf(startedAt, formatTime(startedAt))],
      [
        t('request.callbacks'),
        ...callbacks.map(({ id, url, status }) =>
          h('div', {}, h('a', { href: `#/callbacks?id=${id}` }, `${status} ${url}`)),
        ),
      ],
    ]),
    h('section', {}, h('h2', {}, t('request.headers')), facts(Object.entries(headers), 'wire')),
  )
}
