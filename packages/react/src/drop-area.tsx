import { type RouteRules, UNLIMITED_FILES, UploadError } from '@oss-direct/shared'
import { memo, useId } from 'react'
import { describeTypes } from './accepted-types.ts'
import { CameraIcon, FolderIcon, RefuseIcon, UploadIcon } from './icons.tsx'
import { type Language, useLanguage } from './language.tsx'
import { errorText } from './messages.ts'
import { usePlace } from './panel.ts'
import { useDropzone } from './use-dropzone.ts'

/** The place for files: a prompt, real buttons, the limits, and what can be said of files held over it. */
export const DropArea = memo(function DropArea() {
  const place = usePlace('DropArea')
  const language = useLanguage()
  const { messages } = language
  const limitsId = useId()
  const { getRootProps, getInputProps, verdict, draggedCount, rules, ...zone } = useDropzone(place)
  const { disabled } = place
  const multiple = rules === undefined || rules.maxFiles > 1
  const held = {
    accept: messages.dropAccepted(draggedCount),
    reject: messages.dropRefused,
    unknown: messages.dropUnknown,
  }
  const button = { type: 'button', className: 'od-button', disabled } as const
  return (
    <div
      {...getRootProps({ className: 'od-drop-area', 'data-verdict': verdict, 'data-disabled': disabled || undefined })}
    >
      <input {...getInputProps({ className: 'od-gate' })} />
      <span className="od-drop-icon">{verdict === 'reject' ? <RefuseIcon /> : <UploadIcon />}</span>
      <p className="od-prompt">{verdict === undefined ? messages.dropPrompt(multiple) : held[verdict]}</p>
      <div className="od-sources">
        <button {...button} data-kind="primary" aria-describedby={limitsId} onClick={zone.open}>
          {messages.browse(multiple)}
        </button>
        {zone.openFolder && (
          <button {...button} data-kind="secondary" data-source="folder" onClick={zone.openFolder}>
            <FolderIcon />
            {messages.chooseFolder}
          </button>
        )}
        {zone.openCamera && (
          <button {...button} data-kind="secondary" data-source="camera" onClick={zone.openCamera}>
            <CameraIcon />
            {messages.openCamera}
          </button>
        )}
      </div>
      <p className="od-limits" id={limitsId}>
        {rules === undefined ? describeTrouble(zone.rulesError, language) : describeLimits(rules, language)}
      </p>
      {zone.unreadable.length > 0 && (
        <p className="od-unreadable" role="alert">
          {messages.unreadable(zone.unreadable.length)}
        </p>
      )}
    </div>
  )
})

function describeTrouble(error: unknown, { messages }: Language): string | undefined {
  if (error === undefined) return undefined
  // A mistake of the page's author, who sees it here before anybody has dropped a file.
  if (error instanceof UploadError && error.code === 'route-unknown') {
    return [errorText(messages, error.code).title, error.message, error.hint].filter(Boolean).join('. ')
  }
  return messages.limitsUnavailable
}

function describeLimits(rules: RouteRules, { messages, formats }: Language): string {
  const limits = [
    rules.accept.length > 0 && describeTypes(rules.accept, messages, formats),
    rules.minBytes > 1 && messages.limitMinBytes(formats.bytes(rules.minBytes)),
    rules.maxBytes < Number.MAX_SAFE_INTEGER && messages.limitMaxBytes(formats.bytes(rules.maxBytes)),
    rules.maxFiles > 1 && rules.maxFiles < UNLIMITED_FILES && messages.limitFiles(rules.maxFiles),
  ].filter((limit) => limit !== false)
  return limits.length === 0 ? messages.noLimits : limits.join(' · ')
}
