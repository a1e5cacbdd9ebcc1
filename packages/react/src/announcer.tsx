import type { Upload } from '@oss-direct/uploader'
import { useEffect, useRef, useState } from 'react'
import { announce, NOTHING_TOLD } from './announcements.ts'
import { useLanguage } from './language.tsx'
import { useOnline } from './use-online.ts'

/** Tells a screen reader what happens, at most once a second; what is urgent interrupts. */
export function Announcer({ uploads }: { uploads: readonly Upload[] }) {
  const language = useLanguage()
  const online = useOnline()
  const told = useRef(NOTHING_TOLD)
  const latest = useRef(uploads)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [said, setSaid] = useState({ polite: '', assertive: '' })

  useEffect(() => {
    latest.current = uploads
    if (timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      const next = announce(told.current, latest.current, language)
      told.current = next.told
      const [polite, assertive] = [next.polite.join('. '), next.assertive.join('. ')]
      // An empty round leaves the last words where they are: taking them away could stop a reader in mid-sentence.
      setSaid((last) => (polite === '' && assertive === '' ? last : { polite, assertive }))
    }, BATCH_MS)
  }, [uploads, language])

  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )

  useEffect(() => {
    setSaid({ polite: '', assertive: online ? '' : language.messages.offline })
  }, [online, language])

  return (
    <>
      <div className="od-hidden" role="status" aria-live="polite">
        {said.polite}
      </div>
      <div className="od-hidden" role="alert" aria-live="assertive">
        {said.assertive}
      </div>
    </>
  )
}

const BATCH_MS = 700
