import type { Json } from '@oss-direct/shared'
import type { Upload, UploadPhase } from '@oss-direct/uploader'
import { type CSSProperties, type ReactNode, useId } from 'react'
import { ActionButton } from './action-button.tsx'
import { ErrorView } from './error-view.tsx'
import { FileButton } from './file-button.tsx'
import { FileName } from './file-name.tsx'
import { folderOf } from './folder.ts'
import { CheckIcon, ChevronIcon, CloseIcon, ErrorIcon, PauseIcon, ResumeIcon, WarningIcon } from './icons.tsx'
import { useLanguage } from './language.tsx'
import { ResultView } from './result-view.tsx'
import { useRow } from './row.ts'
import { Thumbnail } from './thumbnail.tsx'
import { useUploader } from './upload-provider.tsx'
import { fractionSent, UploadStatus } from './upload-status.tsx'

export type DoneUpload<Result = Json> = Extract<Upload<Result>, { phase: 'done' }>

export interface UploadItemProps {
  upload: Upload
  /** In place of the built-in view of the application's answer. */
  renderResult?: ((upload: DoneUpload) => ReactNode) | undefined
}

/** One upload, inside of the row that an `UploadList` gives it. */
export function UploadItem({ upload, renderResult }: UploadItemProps) {
  const { place, open } = useRow()
  const nameId = useId()
  return (
    <>
      <div className="od-row-head">
        <Thumbnail file={upload.file} />
        <div className="od-row-text">
          <FileName name={upload.file.name} folder={folderOf(upload.file)} id={nameId} />
          <UploadStatus upload={upload} place={place} />
        </div>
        <PhaseMark phase={upload.phase} />
        <div className="od-actions">
          <Actions upload={upload} nameId={nameId} />
        </div>
      </div>
      <Progress upload={upload} nameId={nameId} />
      {upload.phase === 'done' && open && (
        <div className="od-detail">
          {renderResult === undefined ? <ResultView value={upload.result} /> : renderResult(upload)}
        </div>
      )}
      {'error' in upload && upload.error && SHOWN_ERRORS.has(upload.phase) && (
        <div className="od-detail">
          <ErrorView upload={upload} error={upload.error} />
        </div>
      )}
    </>
  )
}

/** One that waits for another try says why in its line. */
const SHOWN_ERRORS: ReadonlySet<string> = new Set(['failed', 'unconfirmed', 'needs-file'])

function Actions({ upload, nameId }: { upload: Upload; nameId: string }) {
  const { messages } = useLanguage()
  const { open, toggle } = useRow()
  const uploader = useUploader()
  const { id, phase } = upload
  // Each action has a key, so that none takes over the element of another: a second press on what was "Cancel" a moment ago
  // would be a "Retry".
  const button = (key: string, label: string, onClick: () => void, icon?: ReactNode) => (
    <ActionButton key={key} label={label} icon={icon} nameId={nameId} onClick={onClick} />
  )
  const cancel = button('cancel', messages.cancel, () => uploader.cancel(id), <CloseIcon />)
  const remove = button('remove', messages.remove, () => uploader.remove(id), <CloseIcon />)
  switch (phase) {
    case 'queued':
    case 'signing':
    case 'sending': {
      const label = messages.pause(phase === 'sending' && upload.pauseRestarts)
      return [button('pause', label, () => uploader.pause(id), <PauseIcon />), cancel]
    }
    case 'paused':
      return [button('resume', messages.resume, () => uploader.resume(id), <ResumeIcon />), cancel]
    case 'needs-file':
      return [
        upload.access === 'ask' ? (
          button('continue', messages.continue, () => uploader.resume(id))
        ) : (
          <FileButton key="choose" nameId={nameId} onChosen={(file) => uploader.reattach(id, file)} />
        ),
        cancel,
      ]
    case 'confirming':
      return cancel
    case 'done':
      return [
        <ActionButton
          key="toggle"
          label={messages.showAnswer}
          title={open ? messages.hideAnswer : messages.showAnswer}
          icon={<ChevronIcon />}
          nameId={nameId}
          expanded={open}
          onClick={() => toggle(id, !open)}
        />,
        remove,
      ]
    case 'unconfirmed':
      return [button('confirm', messages.confirmAgain, () => uploader.confirm(id)), remove]
    default:
      return [button('retry', messages.retry, () => uploader.retry(id)), remove]
  }
}

/** Colour is never the only sign. */
function PhaseMark({ phase }: { phase: UploadPhase }) {
  if (phase !== 'done' && phase !== 'unconfirmed' && phase !== 'failed') return null
  return (
    <span className="od-mark">
      {phase === 'done' && <CheckIcon />}
      {phase === 'unconfirmed' && <WarningIcon />}
      {phase === 'failed' && <ErrorIcon />}
    </span>
  )
}

function Progress({ upload, nameId }: { upload: Upload; nameId: string }) {
  const { messages, formats } = useLanguage()
  if (upload.phase === 'confirming') {
    return (
      <div className="od-progress" role="progressbar" aria-labelledby={nameId} aria-valuetext={messages.confirming} />
    )
  }
  if (upload.phase !== 'sending' && upload.phase !== 'paused' && upload.phase !== 'needs-file')
    return <div className="od-progress" />
  const fraction = fractionSent(upload.sentBytes, upload.file.size)
  const percent = formats.percent(fraction)
  const style: CSSProperties & { '--od-sent': number } = { '--od-sent': fraction }
  return (
    <div
      className="od-progress"
      role="progressbar"
      aria-labelledby={nameId}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(fraction * 100)}
      aria-valuetext={messages.progress({
        percent,
        sent: formats.bytes(upload.sentBytes),
        total: formats.bytes(upload.file.size),
      })}
      style={style}
    />
  )
}
