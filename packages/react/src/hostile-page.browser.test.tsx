import { describe, expect, it } from 'vitest'
import { container, drag, REFUSED, row, script, show, textFile } from './dropzone-stage.fixture.tsx'

/** What global styles of real pages do, and then some. */
const HOSTILE = `
* { letter-spacing: 2px; transition: all 1s; text-transform: uppercase; fill: magenta; stroke: lime; font-family: cursive }
*, *::before, *::after { box-sizing: content-box; outline: 1px solid red; text-shadow: 1px 1px red }
*::before, *::after { content: "x"; display: block }
body { font-size: 24px; line-height: 3; text-align: center; font-style: italic; color: magenta; text-indent: 2em; word-spacing: 1em }
button { background: yellow; border: 5px solid red; border-radius: 30px; padding: 30px; margin: 20px; height: 90px; width: 100%; float: right; box-shadow: 0 0 10px red }
ul { list-style: square inside; padding: 40px; margin: 40px; background: pink }
li { margin: 20px; border: 3px dotted blue; display: inline }
input { display: block; border: 5px solid green; min-width: 200px }
p { margin: 2em 0; color: orange; font-size: 2em; text-indent: 3em; max-width: 10ch }
span, bdi, time, code { display: block; background: cyan; padding: 4px }
div { background: lavender; padding: 10px; min-height: 50px }
svg { width: 100px; height: 100px; background: black }
path, circle { stroke-width: 9; fill: red; transform: rotate(9deg) }
a { color: red; text-decoration: line-through; display: inline-block }
h4 { font-size: 60px; margin: 60px }
dl, dt, dd { margin: 30px; float: left }
section, header { border: 9px solid brown; padding: 40px }
canvas, img { border: 9px solid brown; width: 300px; filter: invert(1) }
details, summary { display: block; border: 4px solid; list-style: none; padding: 30px }
.prose p, .prose button, .prose ul, .prose div { margin: 50px; padding: 60px; min-width: 400px; color: red }
`

describe('a page with styles of its own for everything', () => {
  it('changes nothing of how the dropzone looks', async () => {
    await show({ maxBytes: 1000, accept: ['text/*'] }, { name: 'files' })
    container.classList.add('prose')
    for (const element of [container, container.querySelector('main')]) {
      element?.setAttribute('style', 'all: initial; display: block; width: 600px')
    }
    const image = new File(['x'], 'a.png', { type: 'image/png' })
    drag('drop', [textFile('a.txt'), textFile('b.txt'), textFile('c.txt'), textFile('d.txt', 2000), image])
    await expect.poll(() => script.forms.length).toBe(3)
    script.forms[0]?.settle({
      key: 'demo/1',
      url: '/uploads/1',
      nested: { tags: ['a', 'b'] },
      at: '2026-03-01T08:00:00Z',
    })
    script.forms[1]?.answer(403, REFUSED)
    script.forms[2]?.progress(0.5)
    await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'done')
    await expect.element(row('b.txt')).toHaveAttribute('data-phase', 'failed')
    await expect.element(row('c.txt')).toHaveAttribute('data-phase', 'sending')
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})))

    const before = stylesOf(container)
    const sheet = document.head.appendChild(document.createElement('style'))
    sheet.textContent = HOSTILE
    try {
      expect(differences(before, stylesOf(container))).toEqual([])
    } finally {
      sheet.remove()
    }
  })

  it('has a class to protect every element by', async () => {
    await show({}, { name: 'files' })
    drag('drop', [textFile('a.txt')])
    await expect.poll(() => script.forms.length).toBe(1)
    script.forms[0]?.settle({
      a: [1, { b: null }],
      at: '2026-03-01T08:00:00Z',
      bytes: 5000,
      url: 'https://a.example/b.pdf',
    })
    await expect.element(row('a.txt')).toHaveAttribute('data-phase', 'done')
    const bare = Array.from(
      container.querySelectorAll('.od-root *:not([class^="od-"], svg *)'),
      ({ outerHTML }) => outerHTML,
    )
    expect(bare).toEqual([])
  })
})

type Styles = Map<string, Record<string, string>>

function stylesOf(element: Element): Styles {
  const styles: Styles = new Map()
  const root = element.querySelector('.od-root')
  for (const [index, inner] of [root, ...(root?.querySelectorAll('*') ?? [])].entries()) {
    if (inner === null) continue
    // Lines of a drawing have no text and nothing before or after them.
    const isLine = inner.parentElement?.closest('svg') != null
    for (const pseudo of isLine ? [undefined] : [undefined, '::before', '::after']) {
      const style = getComputedStyle(inner, pseudo)
      const values = Object.fromEntries(
        Array.from(style, (name) => [name, isLine && TEXT.test(name) ? '' : style.getPropertyValue(name)]),
      )
      styles.set(`${index} ${inner.tagName.toLowerCase()}.${inner.getAttribute('class')}${pseudo ?? ''}`, values)
    }
  }
  return styles
}

const TEXT = /^(font|text|letter|outline-(color|width))/

/** The time left counts down meanwhile, and what follows from how wide a text is changes with it. */
const MOVING = /^(inline-size|width|block-size|height|perspective-origin|transform-origin|inset|left|right|top|bottom)/

function differences(before: Styles, after: Styles): string[] {
  return [...before].flatMap(([element, values]) =>
    Object.entries(values).flatMap(([name, value]) => {
      const now = after.get(element)?.[name]
      return now === value || MOVING.test(name) ? [] : [`${element} ${name}: ${value} -> ${now}`]
    }),
  )
}
