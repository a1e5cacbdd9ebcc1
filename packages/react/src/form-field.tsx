import { useEffect, useRef, useState } from 'react'
import { ErrorIcon } from './icons.tsx'
import { useLanguage } from './language.tsx'
import { usePanelUploads, usePlace } from './panel.ts'
import { useUploader } from './upload-provider.tsx'

/** What a plain form sends of the uploads: the record id of each that is done. */
export function FormField({ name, required }: { name: string; required: boolean }) {
  const { messages } = useLanguage()
  const { route } = usePlace('FormField')
  const { rows, summary } = usePanelUploads('FormField')
  const uploader = useUploader()
  const gate = useRef<HTMLInputElement>(null)
  const [refused, setRefused] = useState(false)

  const missing = required && summary.done === 0 ? messages.formNeedsFile : ''
  // A form that is sent too early goes without its files.
  const objection = summary.active > 0 ? messages.formWaits : missing
  useEffect(() => {
    gate.current?.setCustomValidity(objection)
    if (objection === '') setRefused(false)
  }, [objection])

  useEffect(() => {
    const form = gate.current?.form
    const empty = () => {
      for (const upload of uploader.getSnapshot()) if (upload.route === route) uploader.remove(upload.id)
      setRefused(false)
    }
    form?.addEventListener('reset', empty)
    return () => form?.removeEventListener('reset', empty)
  }, [uploader, route])

  return (
    <>
      {refused && objection !== '' && (
        <div className="od-notice" data-tone="failed" role="alert">
          <span className="od-mark">
            <ErrorIcon />
          </span>
          <p className="od-notice-text">{objection}</p>
        </div>
      )}
      {/* Inputs of type hidden are not asked whether they are valid; this one is, and is not seen either. */}
      <input
        ref={gate}
        className="od-gate"
        hidden
        onInvalid={(event) => {
          // The browser's own bubble needs something to point at.
          event.preventDefault()
          setRefused(true)
          const input = event.currentTarget
          if (input.form?.querySelector(FIRST_INVALID) !== input) return
          input.closest('.od-root')?.querySelector<HTMLElement>('[data-dropzone] button')?.focus()
        }}
      />
      {rows.map(
        (upload) =>
          upload.phase === 'done' && (
            <input className="od-gate" key={upload.id} type="hidden" name={name} value={upload.recordId} />
          ),
      )}
    </>
  )
}

const FIRST_INVALID = ':is(input, select, textarea):invalid'
