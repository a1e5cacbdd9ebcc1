import { straightText } from './straight-text.ts'

/**
 * A file's name, cut in the middle where it is too long, because the end (a number, the extension) is what tells files
 * apart. The whole name is in the title and in the text.
 */
export function FileName({ name, folder, id }: FileNameProps) {
  const [head, tail] = splitName(name)
  const path = folder === undefined ? undefined : readable(folder)
  return (
    <bdi className="od-name" title={`${path ?? ''}${readable(name)}`} dir="auto" id={id}>
      {path !== undefined && <span className="od-folder">{path}</span>}
      <span className="od-name-head">{head}</span>
      {tail !== '' && <span className="od-name-tail">{tail}</span>}
    </bdi>
  )
}

export interface FileNameProps {
  name: string
  /** Where it was found, as `photos/2026/`. */
  folder?: string | undefined
  id?: string | undefined
}

const TAIL_LENGTH = 10
const KEPT_WHOLE = 24

/** The name in two pieces, the second of which is never cut. Emoji and accents stay whole. */
export function splitName(name: string): [head: string, tail: string] {
  const characters = splitCharacters(readable(name))
  if (characters.length <= KEPT_WHOLE) return [characters.join(''), '']
  return [characters.slice(0, -TAIL_LENGTH).join(''), characters.slice(-TAIL_LENGTH).join('')]
}

/** Disks know no names of more than some 255 letters; a longer one was made up by a program. */
const LONGEST = 600

function readable(name: string): string {
  return straightText(name, LONGEST)
}

function splitCharacters(text: string): string[] {
  if (!('Segmenter' in Intl)) return Array.from(text)
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

let segmenter: Intl.Segmenter | undefined
