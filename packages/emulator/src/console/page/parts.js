// @ts-check
import { announce } from './announcer.js'
import { h } from './dom.js'
import { t } from './language.js'

/** @typedef {import('./dom.js').Child} Child */

/**
 * A button that does something which may take a while or fail; told when it fails, and not started twice.
 * @param {string} label
 * @param {() => unknown} run
 * @param {Record<string, string | boolean | undefined>} [attributes]
 */
export function actionButton(label, run, attributes = {}) {
  const button = h('button', { type: 'button', class: 'button', ...attributes }, label)
  button.addEventListener('click', async () => {
    // Not `disabled`, which would take the focus away.
    if (button.getAttribute('aria-disabled') === 'true') return
    button.setAttribute('aria-disabled', 'true')
    try {
      await run()
    } catch (error) {
      showFailure(button, error)
    } finally {
      button.removeAttribute('aria-disabled')
    }
  })
  return button
}

/** Says beside an element what did not work, until something else is said there. */
export function showFailure(/** @type {Element} */ beside, /** @type {unknown} */ error) {
  const reason = error instanceof Error ? error.message : String(error)
  const sentence = t('failed', { reason })
  const next = beside.nextElementSibling
  if (next?.classList.contains('failure')) next.remove()
  beside.after(h('p', { class: 'failure', role: 'alert' }, sentence))
}

/** @param {string} text @param {{ label?: string, size?: 'small' | '' }} [look] */
export function copyButton(text, { label = t('copy'), size = 'small' } = {}) {
  const button = h('button', { type: 'button', class: `button ${size}` }, label)
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    announce(copied ? t('copied') : t('notCopied'))
    button.textContent = copied ? t('copied') : t('notCopied')
    setTimeout(() => {
      button.textContent = label
    }, 1500)
  })
  return button
}

/**
 * Labels and values.
 * @param {readonly (readonly [label: string, ...values: Child[]])[]} rows one without a value is left out
 * @param {string} [kind] `wire` where the labels are names as they are sent
 */
export function facts(rows, kind = '') {
  return h(
    'dl',
    { class: `facts ${kind}` },
    ...rows
      .filter(([, ...values]) => values.some((value) => value !== undefined && value !== ''))
      .flatMap(([label, ...values]) => [h('dt', {}, label), h('dd', {}, ...values)]),
  )
}

/** Text as it is, in a box of its own that can be scrolled by keyboard. @param {string} text @param {string} label */
export function codeBox(text, label) {
  return h('pre', { class: 'code', tabindex: 0, role: 'group', 'aria-label': label }, text)
}

/** What there is to learn where there is nothing to show. @param {string} title @param {...Child} content */
export function emptyState(title, ...content) {
  return h('div', { class: 'empty stack' }, h('h2', {}, title), ...content)
}

/** A command with a button that copies it. @param {string} command @param {string} label */
export function commandBox(command, label) {
  return h('div', { class: 'command' }, codeBox(command, label), copyButton(command))
}

/** @param {string} label @param {HTMLElement} control */
export function field(label, control) {
  return h('label', { class: 'field' }, h('span', {}, label), control)
}

/** @param {string} iso @param {string} text */
export function timeOf(iso, text) {
  return h('time', { datetime: iso, title: iso }, text)
}

/**
 * Asks before something that cannot be taken back.
 * @param {{ title: string, text: string, action: string }} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, action }) {
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => () => {
      resolve(yes)
      dialog.close()
    }
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'question', 'aria-describedby': 'consequence', close: () => dialog.remove() },
      h(
        'div',
        { class: 'stack' },
        h('h2', { id: 'question' }, title),
        h('p', { id: 'consequence' }, text),
        h(
          'div',
          { class: 'actions' },
          h('button', { type: 'button', class: 'button', click: answer(false) }, t('cancel')),
          h('button', { type: 'button', class: 'button danger', click: answer(true) }, action),
        ),
      ),
    )
    dialog.addEventListener('cancel', () => resolve(false))
    document.body.append(dialog)
    dialog.showModal()
  })
}
