/** How something grows: drawn as `docs/pictures/performance/<name>.svg`. */
export interface Chart {
  /** The file's name. */
  name: string
  title: string
  /** Of the horizontal axis, which is logarithmic. */
  x: string
  /** Of the vertical axis, which begins at zero. */
  y: string
  lines: readonly ChartLine[]
}

export interface ChartLine {
  name: string
  points: readonly (readonly [x: number, y: number])[]
}

const WIDTH = 480
const HEIGHT = 260
const LEFT = 64
const RIGHT = 16
const TOP = 40
const BOTTOM = 64
/** Seen on white and on black, and told apart without colours by their dashes. */
const LOOKS = [
  { colour: '#3b6fe0', dashes: '' },
  { colour: '#c2410c', dashes: '6 4' },
  { colour: '#0f8a5f', dashes: '2 3' },
  { colour: '#9333b8', dashes: '10 3 2 3' },
] as const
const INK = '#7a8194'

/** As SVG, which needs no ground of its own: a page may be light or dark. */
export function drawChart({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points)
  const xs = [...new Set(points.map(([at]) => at))].sort((a, b) => a - b)
  const [least = 1, most = 1] = [xs[0], xs.at(-1)]
  const top = roundUp(Math.max(...points.map(([, value]) => value)))
  const across = (at: number) =>
    LEFT + (most === least ? 0.5 : Math.log(at / least) / Math.log(most / least)) * (WIDTH - LEFT - RIGHT)
  const up = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)

  const grid = [0, 0.5, 1].map((share) => {
    const height = up(top * share)
    return `<path d="M${LEFT} ${height}H${WIDTH - RIGHT}" stroke="${INK}" stroke-opacity=".3"/>${text(LEFT - 8, height + 4, short(top * share), 'end')}`
  })
  const ticks = xs.map((at) => text(across(at), HEIGHT - BOTTOM + 18, short(at), 'middle'))
  const drawn = lines.map(({ points }, index) => {
    const { colour, dashes } = LOOKS[index % LOOKS.length] ?? LOOKS[0]
    const path = points.map(([at, value]) => `${across(at).toFixed(1)} ${up(value).toFixed(1)}`).join('L')
    const dots = points.map(
      ([at, value]) => `<circle cx="${across(at).toFixed(1)}" cy="${up(value).toFixed(1)}" r="3" fill="${colour}"/>`,
    )
    return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>${dots.join('')}`
  })
  const room = (WIDTH - LEFT - RIGHT) / lines.length
  const legend = lines.map(({ name }, index) => {
    const { colour, dashes } = LOOKS[index % LOOKS.length] ?? LOOKS[0]
    const at = LEFT + index * room
    return `<path d="M${at} ${HEIGHT - 14}h22" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>${text(at + 28, HEIGHT - 10, name, 'start')}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<text x="${LEFT}" y="18" fill="${INK}" font-weight="600">${escapeXml(title)}</text>`,
    text(LEFT, 33, y, 'start'),
    text(WIDTH - RIGHT, HEIGHT - BOTTOM + 34, x, 'end'),
    ...grid,
    ...ticks,
    ...drawn,
    ...legend,
    '</svg>\n',
  ].join('\n')
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${INK}" text-anchor="${anchor}">${escapeXml(words)}</text>`
}

/** To one, two or five and zeros. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10)
}

function short(value: number): string {
  return Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 }).format(value)
}

function escapeXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
