/**
 * A file's name, cut in the middle where it is too long, because the end (a number, the extension) is what tells files
 * apart. The whole name is in the title and in the text.
 */
export function FileName({ name, id }: { name: string; id?: string | undefined }) {
  const [head, tail] = splitName(name)
  return (
    <bdi className="od-name" title={name} dir="auto" id={id}>
      <span className="od-name-head">{head}</span>
      {tail !== '' && <span className="od-name-tail">{tail}</span>}
    </bdi>
  )
}

const TAIL_LENGTH = 10
const KEPT_WHOLE = 24

/** The name in two pieces, the second of which is never cut. Emoji and accents stay whole. */
export function splitName(name: string): [head: string, tail: string] {
  const characters = splitCharacters(name.replace(TURNING_CHARACTERS, ''))
  if (characters.length <= KEPT_WHOLE) return [characters.join(''), '']
  return [characters.slice(0, -TAIL_LENGTH).join(''), characters.slice(-TAIL_LENGTH).join('')]
}

// `photo<U+202E>gpj.exe` would be shown as `photoexe.jpg`: characters that turn the direction of writing are left out.
const TURNING_CHARACTERS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

function splitCharacters(text: string): string[] {
  if (!('Segmenter' in Intl)) return Array.from(text)
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

let segmenter: Intl.Segmenter | undefined
