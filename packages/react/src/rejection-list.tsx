import { ActionButton } from './action-button.tsx'
import { FileName } from './file-name.tsx'
import { CloseIcon, RefuseIcon } from './icons.tsx'
import { useLanguage } from './language.tsx'
import { usePanelUploads, usePlace } from './panel.ts'
import { groupRejections, type RejectedUpload, type RejectionGroup, rejectionReason } from './rejection-groups.ts'
import { useUploader } from './upload-provider.tsx'
import { useRouteRules } from './use-route-rules.ts'

/** Files that were not added, and why. From five on they are told by reason, with the names behind a disclosure. */
export function RejectionList() {
  const { rejected } = usePanelUploads('RejectionList')
  return rejected.length === 0 ? null : <Rejections uploads={rejected} />
}

function Rejections({ uploads }: { uploads: readonly RejectedUpload[] }) {
  const language = useLanguage()
  const { messages } = language
  const { route } = usePlace('RejectionList')
  const uploader = useUploader()
  const known = useRouteRules(route)
  const rules = known.status === 'known' ? known.rules : undefined
  const dismiss = () => {
    for (const { id } of uploads) uploader.remove(id)
  }
  const folded = uploads.length >= FOLDED_FROM
  return (
    <div className="od-notice" data-tone="failed">
      <span className="od-mark">
        <RefuseIcon />
      </span>
      <div className="od-notice-text">
        <p className="od-notice-title">{messages.rejected(uploads.length)}</p>
        {groupRejections(uploads).map((group) => (
          <Group key={group.code} group={group} reason={rejectionReason(group.code, rules, language)} folded={folded} />
        ))}
      </div>
      <ActionButton label={messages.dismiss} icon={<CloseIcon />} onClick={dismiss} />
    </div>
  )
}

const FOLDED_FROM = 5
const NAMES_SHOWN = 50

function Group({ group, reason, folded }: { group: RejectionGroup; reason: string; folded: boolean }) {
  const { messages, formats } = useLanguage()
  const { uploads } = group
  const names = (
    <ul className="od-rejected">
      {uploads.slice(0, NAMES_SHOWN).map(({ id, file }) => (
        <li className="od-rejected-file" key={id} data-upload-id={id} data-phase="rejected">
          <FileName name={file.name} />
          <span className="od-muted">{formats.bytes(file.size)}</span>
        </li>
      ))}
      {uploads.length > NAMES_SHOWN && <li className="od-muted">{messages.moreItems(uploads.length - NAMES_SHOWN)}</li>}
    </ul>
  )
  if (!folded) {
    return (
      <div className="od-group">
        <p className="od-reason">{reason}</p>
        {names}
      </div>
    )
  }
  return (
    <details className="od-group">
      <summary className="od-reason">
        {reason} <span className="od-count">{formats.number(uploads.length)}</span>
      </summary>
      {names}
    </details>
  )
}
