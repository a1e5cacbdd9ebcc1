import type { UploadRecord } from '@oss-direct/shared'
import { type ReactNode, useState } from 'react'
import { contentAddress } from '../api.ts'
import { usePreferences } from '../preferences.tsx'
import { useConfirmRecord } from './use-history.ts'

export interface RecordActionsProps {
  record: UploadRecord
  onDelete(record: UploadRecord): void
}

/** Open, confirm, delete: each where it makes sense. Named after the file, since the list has many of each. */
export function RecordActions({ record, onDelete }: RecordActionsProps) {
  const { text } = usePreferences()
  const confirm = useConfirmRecord()
  const [asking, setAsking] = useState(false)
  const { id, status, file } = record
  return (
    <>
      <div className="record-actions">
        {status === 'settled' && (
          <a className="quiet-button" href={contentAddress(id)} target="_blank" rel="noopener noreferrer">
            {text.open}
            <Of name={file.name} />
          </a>
        )}
        {(status === 'granted' || status === 'expired') && (
          <Quiet disabled={confirm.isPending} onClick={() => confirm.mutate(id)}>
            {text.confirm}
            <Of name={file.name} />
          </Quiet>
        )}
        {/* Deleting is for good, so it takes a second press; the first one only asks. */}
        {asking && (
          <Quiet tone="danger" onClick={() => onDelete(record)}>
            {text.removeForGood}
            <Of name={file.name} />
          </Quiet>
        )}
        <Quiet onClick={() => setAsking(!asking)}>
          {asking ? text.keep : text.remove}
          <Of name={file.name} />
        </Quiet>
      </div>
      <p className="record-news" role="status">
        {confirm.error !== null && <span lang="en">{confirm.error.message}</span>}
        {confirm.data?.status === 'pending' && text.confirmPending}
      </p>
    </>
  )
}

/** For those who hear the button without its row. */
function Of({ name }: { name: string }) {
  return <span className="unseen"> {name}</span>
}

interface QuietProps {
  tone?: 'danger'
  disabled?: boolean
  onClick(): void
  children: ReactNode
}

function Quiet({ tone, disabled, onClick, children }: QuietProps) {
  return (
    <button type="button" className="quiet-button" data-tone={tone} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  )
}
