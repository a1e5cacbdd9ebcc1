import { useEffect, useState } from 'react'
import { CheckIcon, CopyIcon } from './icons.tsx'
import { useLanguage } from './language.tsx'

/** Copies a text and says so. `text` is a function, so that a long report is only written when somebody wants it. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const { messages } = useLanguage()
  const [outcome, setOutcome] = useState<'copied' | 'failed'>()

  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), 2000)
    return () => clearTimeout(timer)
  }, [outcome])

  const copy = async () => {
    try {
      setOutcome((await copyText(text())) ? 'copied' : 'failed')
    } catch {
      setOutcome('failed') // what is nested a hundred thousand times cannot be written
    }
  }
  const said = outcome === 'copied' ? messages.copied : outcome === 'failed' ? messages.copyFailed : undefined
  return (
    <>
      <button type="button" className="od-button" data-kind="quiet" onClick={copy}>
        {outcome === 'copied' ? <CheckIcon /> : <CopyIcon />}
        {label}
      </button>
      <span className="od-copied" role="status">
        {said}
      </span>
    </>
  )
}

async function copyText(text: string): Promise<boolean> {
  // Absent on pages served over plain http from another machine.
  if (navigator.clipboard === undefined) return copyBySelection(text)
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  const focused = document.activeElement
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
