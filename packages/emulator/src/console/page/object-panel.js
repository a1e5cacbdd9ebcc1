// @ts-check
import { announce } from './announcer.js'
import { ask, contentUrl, objectPath } from './api.js'
import { fill, h } from './dom.js'
import { formatBytes, formatCount, formatTime } from './formats.js'
import { t } from './language.js'
import { actionButton, codeBox, confirmed, copyButton, facts, showFailure, timeOf } from './parts.js'

/** @typedef {import('./api.js').ObjectFacts} ObjectFacts */

const SHOWN_TEXT_BYTES = 64 * 1024

/**
 * One object: what it looks like, what is known of it, and what can be done with it.
 * @param {{ bucket: string, key: string, signal: AbortSignal, close(): void, gone(): Promise<void> }} wanted
 */
export function objectPanel({ bucket, key, signal, close, gone }) {
  const content = h('div', { class: 'stack' })

  async function load() {
    /** @type {ObjectFacts} */
    const object = await ask('GET', objectPath(bucket, key))
    if (signal.aborted) return
    fill(content, preview(bucket, object), actions(object), objectFacts(object))
  }

  /** @param {ObjectFacts} object */
  function actions({ preview, target, size }) {
    const remove = actionButton(
      t('object.delete'),
      async () => {
        const text = t('object.deleteText', { key, bucket })
        if (!(await confirmed({ title: t('object.deleteTitle'), text, action: t('object.delete') }))) return
        await ask('DELETE', objectPath(bucket, key))
        announce(t('object.deleted', { key }))
        await gone()
      },
      { class: 'button danger' },
    )
    const open = { href: contentUrl(bucket, key), target: '_blank', rel: 'noopener', class: 'button' }
    const download = { href: contentUrl(bucket, key, { download: 1 }), download: '', class: 'button' }
    return h(
      'div',
      { class: 'actions' },
      copyButton(key, { label: t('object.copyKey'), size: '' }),
      (preview === 'image' || preview === 'text') && size > 0 && h('a', open, t('object.open')),
      target === undefined && h('a', download, t('object.download')),
      remove,
    )
  }

  load().catch((error) => showFailure(content, error))
  return h(
    'section',
    { class: 'panel object stack', 'aria-labelledby': 'object-key' },
    h(
      'div',
      { class: 'box-head' },
      h('h2', { id: 'object-key', tabindex: -1, class: 'path' }, key),
      h('button', { type: 'button', class: 'button small', click: close }, t('close')),
    ),
    content,
  )
}

/** @param {string} bucket @param {ObjectFacts} object */
function preview(bucket, { key, size, preview: kind, target }) {
  if (target !== undefined) return null
  if (size === 0) return h('p', { class: 'muted' }, t('object.empty'))
  if (kind === 'image') {
    return h('img', { class: 'preview', src: contentUrl(bucket, key), alt: t('object.previewOf', { key }) })
  }
  if (kind === 'text') return textPreview(bucket, key, size)
  return h('p', { class: 'muted' }, t(kind === 'pdf' ? 'object.pdf' : 'object.noPreview'))
}

/** @param {string} bucket @param {string} key @param {number} size */
function textPreview(bucket, key, size) {
  const box = h('div', {})
  const show = async () => {
    const response = await fetch(contentUrl(bucket, key, { bytes: SHOWN_TEXT_BYTES }))
    if (!response.ok) throw new Error(String(response.status))
    const text = await response.text()
    const isCut = size > SHOWN_TEXT_BYTES
    fill(
      box,
      codeBox(text, t('object.previewOf', { key })),
      isCut && h('p', { class: 'muted' }, t('object.previewCut', { size: formatBytes(SHOWN_TEXT_BYTES) })),
    )
  }
  show().catch((error) => showFailure(box, error))
  return box
}

/** @param {ObjectFacts} object */
function objectFacts(object) {
  const { size, contentType, lastModified, type, storageClass, acl, etag, contentMd5, crc64, target } = object
  const headers = Object.entries(object.headers)
  const tags = Object.entries(object.tags)
  return h(
    'div',
    { class: 'stack' },
    facts([
      [t('object.target'), target],
      [t('object.size'), `${formatBytes(size)} (${t('object.bytes', { count: formatCount(size) })})`],
      [t('object.contentType'), contentType],
      [t('object.modified'), timeOf(lastModified, formatTime(lastModified))],
      [t('object.type'), type],
      [t('object.class'), storageClass],
      [t('object.acl'), acl],
      [t('object.etag'), h('code', {}, etag)],
      [t('object.md5'), contentMd5 && h('code', {}, contentMd5)],
      [t('object.crc64'), h('code', {}, crc64)],
    ]),
    headers.length > 0 && h('h3', {}, t('object.headers')),
    headers.length > 0 && facts(headers, 'wire'),
    tags.length > 0 && h('h3', {}, t('object.tags')),
    tags.length > 0 && facts(tags, 'wire'),
  )
}
