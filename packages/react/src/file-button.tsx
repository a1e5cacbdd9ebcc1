import { useRef } from 'react'
import { ActionButton } from './action-button.tsx'
import { useLanguage } from './language.tsx'

export interface FileButtonProps {
  /** Of the element that names the upload. */
  nameId: string
  onChosen(file: File): void
}

/** Asks for one file, by the browser's own dialog. */
export function FileButton({ nameId, onChosen }: FileButtonProps) {
  const { messages } = useLanguage()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        className="od-gate"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={({ target }) => {
          const [file] = target.files ?? []
          // The same file chosen twice is two answers.
          target.value = ''
          if (file) onChosen(file)
        }}
      />
      <ActionButton label={messages.chooseFile} nameId={nameId} onClick={() => input.current?.click()} />
    </>
  )
}
