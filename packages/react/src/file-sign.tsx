import { type FileKind, KindIcon } from './icons.tsx'

export interface FileSignProps {
  name: string
  /** The MIME type, where it is known. */
  type?: string | undefined
}

/** What stands for a file that has no picture: its kind, and its extension. */
export function FileSign({ name, type = '' }: FileSignProps) {
  const extension = extensionOf(name)
  return (
    <span className="od-sign">
      <KindIcon kind={kindOf(extension, type)} />
      {extension !== undefined && <span className="od-extension">{extension.toUpperCase()}</span>}
    </span>
  )
}

function extensionOf(name: string): string | undefined {
  return /\.([a-z0-9]{1,4})$/i.exec(name)?.[1]?.toLowerCase()
}

const FAMILIES = new Set<FileKind>(['image', 'video', 'audio', 'text'])
/** Where the browser does not know the type, which it takes from the extension as well. */
const BY_EXTENSION: readonly [FileKind, RegExp][] = [
  ['pdf', /^pdf$/],
  ['archive', /^(zip|rar|7z|t?gz|tar|bz2|xz|zst|jar|iso|dmg)$/],
  ['image', /^(heic|heif|avif|tiff?|psd|raw|cr2|nef|dng)$/],
  ['video', /^(mkv|mov|avi|mts|ts|flv)$/],
  ['audio', /^(flac|opus|aac|m4a|ape)$/],
  ['text', /^(txt|md|docx?|odt|rtf|csv|json|ya?ml|log|tex)$/],
]

function kindOf(extension: string | undefined, type: string): FileKind {
  const family = type.split('/')[0] as FileKind
  if (FAMILIES.has(family)) return family
  return BY_EXTENSION.find(([, extensions]) => extension !== undefined && extensions.test(extension))?.[0] ?? 'file'
}
