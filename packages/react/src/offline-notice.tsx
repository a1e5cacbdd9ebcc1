import { ActionButton } from './action-button.tsx'
import { OfflineIcon } from './icons.tsx'
import { useLanguage } from './language.tsx'
import { usePanelUploads } from './panel.ts'
import { useUploader } from './upload-provider.tsx'
import { useOnline } from './use-online.ts'

/** Says that there is no connection, as long as there is none. */
export function OfflineNotice() {
  const { messages } = useLanguage()
  const uploader = useUploader()
  const { summary } = usePanelUploads('OfflineNotice')
  if (useOnline()) return null
  return (
    <div className="od-notice" data-tone="unconfirmed">
      <span className="od-mark">
        <OfflineIcon />
      </span>
      <p className="od-notice-text">{messages.offline}</p>
      {summary.active > 0 && <ActionButton label={messages.tryNow} onClick={uploader.tryNow} />}
    </div>
  )
}
