import { type Json, type RouteRules, UNLIMITED_FILES, UploadError } from '@oss-direct/shared'
import { memo, useId } from 'react'
import { describeTypes } from './accepted-types.ts'
import { RefuseIcon, UploadIcon } from './icons.tsx'
import { type Language, useLanguage } from './language.tsx'
import { errorText } from './messages.ts'
import { useDropzone } from './use-dropzone.ts'

export interface DropAreaProps {
  route: string
  input?: Json | undefined
  disabled?: boolean | undefined
}

/** The place for files: a prompt, a real button, the limits, and what can be said of files held over it. */
export const DropArea = memo(function DropArea({ route, input, disabled }: DropAreaProps) {
  const language = useLanguage()
  const { messages } = language
  const limitsId = useId()
  const { getRootProps, getInputProps, open, verdict, draggedCount, rules, rulesError } = useDropzone({
    route,
    input,
    disabled,
  })
  const multiple = rules === undefined || rules.maxFiles > 1
  const held = {
    accept: messages.dropAccepted(draggedCount),
    reject: messages.dropRefused,
    unknown: messages.dropUnknown,
  }
  return (
    <div
      {...getRootProps({ className: 'od-drop-area', 'data-verdict': verdict, 'data-disabled': disabled || undefined })}
    >
      <input {...getInputProps()} />
      <span className="od-drop-icon">{verdict === 'reject' ? <RefuseIcon /> : <UploadIcon />}</span>
      <p className="od-prompt">{verdict === undefined ? messages.dropPrompt(multiple) : held[verdict]}</p>
      <button
        type="button"
        className="od-button"
        data-kind="primary"
        disabled={disabled}
        aria-describedby={limitsId}
        onClick={(event) => {
          event.stopPropagation() // the area itself opens the dialog too
          open()
        }}
      >
        {messages.browse(multiple)}
      </button>
      <p className="od-limits" id={limitsId}>
        {rules === undefined ? describeTrouble(rulesError, language) : describeLimits(rules, language)}
      </p>
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
