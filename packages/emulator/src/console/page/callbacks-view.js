// @ts-check
import { announce } from './announcer.js'
import { ask } from './api.js'
import { fill, h } from './dom.js'
import { formatClock, formatDuration, formatTime } from './formats.js'
import { t } from './language.js'
import { actionButton, codeBox, confirmed, copyButton, emptyState, facts, showFailure, timeOf } from './parts.js'
import { pathOf } from './requests-view.js'
import { createRows } from './rows.js'

/** @typedef {import('./api.js').RequestLine} RequestLine */
/** @typedef {import('./api.js').DeliverySummary & { path: string }} Line */
/** @typedef {import('./api.js').Delivery} Delivery */

const EXAMPLE = `{
  "callbackUrl": "http://127.0.0.1:3000/callback",
  "callbackBody": "key=\${object}&size=\${size}"
}`

/** @param {import('./main.js').Session} session */
export function callbacksView({ live, signal, parameters }) {
  const empty = h('div', {})

  /** @type {ReturnType<typeof createRows<Line>>} */
  const rows = createRows({
    label: t('callbacks.list'),
    kind: 'callbacks',
    columns: [t('request.time'), t('callback.url'), t('callback.for'), t('callback.answer'), t('request.duration')],
    idOf: ({ id }) => id,
    toneOf: ({ failure }) => (failure === undefined ? 'fine' : 'unconfirmed'),
    cells: (line) => [
      timeOf(line.sentAt, formatClock(line.sentAt)),
      h(
        'span',
        { class: 'name' },
        line.url,
        line.repeats !== undefined && h('span', { class: 'tag' }, t('callback.repeat')),
      ),
      h('span', { class: 'path' }, line.path),
      h('span', { class: 'status' }, outcomeOf(line)),
      h('span', { class: 'number' }, formatDuration(line.durationMs)),
    ],
    action: ({ id }) => resendButton(id),
    open: ({ id }, detail) => void openDelivery(id, detail),
  })

  function show() {
    const lines = live
      .newestFirst()
      .flatMap((request) => request.callbacks.map((delivery) => ({ ...delivery, path: pathOf(request) })))
      .sort((a, b) => (a.sentAt > b.sentAt ? -1 : 1))
    rows.show(withKept(lines))
    fill(
      empty,
      lines.length === 0 &&
        emptyState(t('callbacks.none'), h('p', {}, t('callbacks.noneText')), codeBox(EXAMPLE, t('callbacks.none'))),
    )
    return lines
  }

  // A delivery never changes; its row is drawn once.
  /** @type {Map<string, Line>} */
  let kept = new Map()
  /** @param {Line[]} lines */
  function withKept(lines) {
    kept = new Map(lines.map((line) => [line.id, kept.get(line.id) ?? line]))
    return [...kept.values()]
  }

  // The link from a request names the delivery; it opens as soon as it is known.
  let wanted = parameters.get('id')
  function refresh() {
    const lines = show()
    if (wanted === null || !lines.some(({ id }) => id === wanted)) return
    const id = wanted
    wanted = null
    requestAnimationFrame(() => rows.open(id))
  }
  live.watch(refresh, signal)
  refresh()

  return {
    title: t('callbacks'),
    element: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, t('callbacks')),
      h('p', { class: 'intro' }, t('callbacks.intro')),
      rows.element,
      empty,
      keySection(),
    ),
  }
}

/** @param {string} id */
function resendButton(id) {
  const button = actionButton(t('callback.resend'), async () => {
    button.textContent = t('callback.sending')
    try {
      /** @type {Delivery} */
      const delivery = await ask('POST', `callbacks/${id}/resend`)
      announce(t('callback.resent', { outcome: outcomeOf(delivery) }))
    } finally {
      button.textContent = t('callback.resend')
    }
  })
  return button
}

/** @param {{ status: number, failure?: string | undefined }} delivery */
function outcomeOf({ status, failure }) {
  return failure === undefined ? `${status}, ${t('callback.counts')}` : `${status}, ${failure}`
}

/** @param {string} id @param {HTMLElement} detail */
async function openDelivery(id, detail) {
  try {
    fill(detail, deliveryDetails(await ask('GET', `callbacks/${id}`)))
  } catch (error) {
    const place = h('span', {})
    fill(detail, place)
    showFailure(place, error)
  }
}

/** @param {Delivery} delivery */
function deliveryDetails(delivery) {
  const { url, body, headers, stringToSign, signature, serverName, answer, failure, sentAt, requestId } = delivery
  const sent = h(
    'section',
    {},
    h('h2', {}, t('callback.sent')),
    facts([
      [t('callback.url'), h('code', {}, url)],
      [t('callback.for'), `${delivery.operation} `, h('code', {}, requestId)],
      [t('request.time'), timeOf(sentAt, formatTime(sentAt))],
      [t('callback.serverName'), serverName],
    ]),
    labelled(t('callback.body'), body),
    labelled(t('callback.signed'), stringToSign),
    labelled(t('callback.signature'), signature),
    h('h3', {}, t('callback.headers')),
    facts(
      Object.entries(headers).filter(([name]) => name !== 'Authorization'),
      'wire',
    ),
  )
  const came = h(
    'section',
    {},
    h('h2', {}, t('callback.came')),
    facts([
      [t('callback.answer'), failure === undefined ? outcomeOf(delivery) : String(delivery.status)],
      [t('callback.failure'), failure],
      [t('request.duration'), formatDuration(delivery.durationMs)],
    ]),
    answer === undefined && h('p', {}, t('callback.nothing')),
    answer !== undefined && labelled(t('callback.body'), answer.body),
    answer?.isCut && h('p', {}, t('callback.cut')),
    answer !== undefined && h('h3', {}, t('callback.headers')),
    answer !== undefined && facts(Object.entries(answer.headers), 'wire'),
  )
  return h('div', { class: 'columns' }, sent, came)
}

/** @param {string} label @param {string} text */
function labelled(label, text) {
  return text === ''
    ? null
    : h('div', {}, h('div', { class: 'box-head' }, h('h3', {}, label), copyButton(text)), codeBox(text, label))
}

function keySection() {
  const box = h('div', {})
  const show = async () => {
    /** @type {{ url: string, publicKey: string }} */
    const { url, publicKey } = await ask('GET', 'callback-key')
    fill(box, facts([[t('key.url'), h('code', {}, url)]]), labelled(t('key.pem'), publicKey))
  }
  const rotate = actionButton(t('key.rotate'), async () => {
    const question = { title: t('key.rotateTitle'), text: t('key.rotateText'), action: t('key.rotate') }
    if (!(await confirmed(question))) return
    await ask('POST', 'callback-key/rotate')
    await show()
    announce(t('key.rotated'))
  })
  show().catch((error) => showFailure(box, error))
  return h(
    'section',
    { class: 'panel stack', 'aria-labelledby': 'callback-key' },
    h('h2', { id: 'callback-key' }, t('key.title')),
    h('p', {}, t('key.text')),
    box,
    h('div', { class: 'actions' }, rotate),
  )
}
