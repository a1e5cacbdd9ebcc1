// @ts-check
import { announce } from './announcer.js'
import { ask } from './api.js'
import { fill, h } from './dom.js'
import { t } from './language.js'
import { actionButton, field, showFailure } from './parts.js'

/** @typedef {import('./api.js').SetFault} SetFault */
/** @typedef {import('./language.js').MessageName} MessageName */

/**
 * @typedef {{ name: 'bytesPerSecond' | 'afterBytes' | 'status' | 'code' | 'retryAfterSeconds' | 'delayMs' | 'offsetMs',
 *   start: string | number, min?: number, max?: number }} Parameter `start` of NaN: a number that may be left out.
 * @typedef {{ name: 'slow' | 'drop' | 'stall' | 'error' | 'lose-answer' | 'callback-lost' | 'callback-slow' | 'clock',
 *   parameters: readonly Parameter[] }} Kind
 */

/** @type {readonly Kind[]} */
const KINDS = [
  { name: 'slow', parameters: [{ name: 'bytesPerSecond', start: 100_000, min: 1 }] },
  { name: 'drop', parameters: [{ name: 'afterBytes', start: 65_536, min: 0 }] },
  { name: 'stall', parameters: [{ name: 'afterBytes', start: 65_536, min: 0 }] },
  {
    name: 'error',
    parameters: [
      { name: 'status', start: 503, min: 400, max: 599 },
      { name: 'code', start: 'ServiceUnavailable' },
      { name: 'retryAfterSeconds', start: Number.NaN, min: 0 },
    ],
  },
  { name: 'lose-answer', parameters: [] },
  { name: 'callback-lost', parameters: [] },
  { name: 'callback-slow', parameters: [{ name: 'delayMs', start: 5000, min: 0 }] },
  { name: 'clock', parameters: [{ name: 'offsetMs', start: 1_200_000 }] },
]
const SCOPE = /** @type {const} */ (['bucket', 'keyPrefix', 'operation'])

/** @param {import('./main.js').Session} session */
export function faultsView({ faults, signal }) {
  const heading = h('h2', { id: 'active', tabindex: -1 }, t('faults.active'))
  const active = h('ul', { class: 'active-faults', 'aria-labelledby': 'active' })
  const none = h('p', { class: 'muted' }, t('faults.none'))
  const clearAll = actionButton(t('faults.clearAll'), async () => {
    await ask('DELETE', 'faults')
    await faults.reload()
    heading.focus()
    announce(t('faults.clearedAll'))
  })
  const counters = new Map(KINDS.map(({ name }) => [String(name), h('p', { class: 'fault-count' })]))

  function show() {
    const all = faults.list()
    none.hidden = all.length > 0
    active.hidden = all.length === 0
    clearAll.hidden = all.length < 2
    fill(active, ...all.map((fault) => h('li', {}, describe(fault), clearButton(fault))))
    for (const [name, counter] of counters) {
      const count = all.filter((fault) => fault.name === name).length
      counter.textContent = count === 0 ? '' : t('faults.count', { count })
    }
  }

  /** @param {SetFault} fault */
  function clearButton(fault) {
    const name = nameOf(fault.name)
    const label = `${t('faults.clear')}: ${name}`
    return actionButton(
      t('faults.clear'),
      async () => {
        await ask('DELETE', `faults/${fault.id}`)
        await faults.reload()
        heading.focus()
        announce(t('faults.cleared', { name }))
      },
      { 'aria-label': label },
    )
  }

  faults.watch(show, signal)
  show()

  return {
    title: t('faults'),
    element: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, t('faults')),
      h('p', { class: 'intro' }, t('faults.intro')),
      h(
        'section',
        { class: 'panel stack', 'aria-labelledby': 'active' },
        heading,
        none,
        active,
        h('div', { class: 'actions' }, clearAll),
      ),
      h('h2', {}, t('faults.add')),
      h('div', { class: 'fault-cards' }, ...KINDS.map((kind) => faultForm(kind, counters.get(kind.name), faults))),
    ),
  }
}

/** @param {SetFault} fault */
function describe({ id: _id, name, count, ...rest }) {
  const facts = Object.entries(rest).map(([member, value]) => {
    return `${t(/** @type {MessageName} */ (`fault.${member}`))}: ${value}`
  })
  const left = count === undefined ? t('fault.untilOff') : t('fault.timesLeft', { count })
  return h('div', {}, h('strong', {}, nameOf(name)), h('span', { class: 'muted' }, [...facts, left].join(' · ')))
}

/** @param {string} name */
function nameOf(name) {
  return t(/** @type {MessageName} */ (`fault.${name}`))
}

/**
 * @param {Kind} kind
 * @param {HTMLElement | undefined} counter
 * @param {import('./faults.js').FaultList} faults
 */
function faultForm({ name, parameters }, counter, faults) {
  const own = parameters.map((parameter) => {
    const { start, min, max } = parameter
    const type = typeof start === 'number' ? 'number' : 'text'
    const value = Number.isNaN(start) ? { placeholder: t('fault.leftOut') } : { required: true, value: start }
    return { name: parameter.name, type, input: h('input', { type, ...value, min, max, step: 1 }) }
  })
  const scope = SCOPE.map((member) => ({
    name: member,
    type: 'text',
    input: h('input', { type: 'text', placeholder: t('fault.any'), autocomplete: 'off', spellcheck: 'false' }),
  }))
  const times = h('input', { type: 'number', min: 1, step: 1, placeholder: t('fault.untilOff') })
  const all = name === 'clock' ? own : [...own, ...scope, { name: 'count', type: 'number', input: times }]

  const form = h(
    'form',
    { class: 'panel fault stack', 'aria-labelledby': `fault-${name}`, submit: (event) => void set(event) },
    h('h3', { id: `fault-${name}` }, nameOf(name)),
    counter,
    h('p', {}, t(/** @type {MessageName} */ (`fault.${name}.text`))),
    ...own.map((each) => field(t(`fault.${/** @type {Parameter['name']} */ (each.name)}`), each.input)),
    name !== 'clock' &&
      h(
        'details',
        {},
        h('summary', {}, t('fault.scope')),
        ...scope.map((each) => field(t(`fault.${each.name}`), each.input)),
        field(t('fault.times'), times),
      ),
    h('button', { type: 'submit', class: 'button', 'aria-describedby': `fault-${name}` }, t('faults.set')),
  )

  /** @param {Event} event */
  async function set(event) {
    event.preventDefault()
    const filled = all.filter(({ input }) => input.value !== '')
    const fault = Object.fromEntries(
      filled.map(({ name: member, type, input }) => [member, type === 'number' ? input.valueAsNumber : input.value]),
    )
    try {
      await ask('POST', 'faults', { name, ...fault })
      await faults.reload()
      announce(t('faults.isSet', { name: nameOf(name) }))
    } catch (error) {
      showFailure(form.querySelector('button[type=submit]') ?? form, error)
    }
  }

  return form
}
