import type { UploadError } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { CopyButton } from './copy-button.tsx'
import { ossFactsOf, reasonOf, writeReport } from './error-facts.ts'
import { useLanguage } from './language.tsx'
import { errorText } from './messages.ts'

/** Why an upload failed or is unconfirmed: what happened, what to do, what OSS said, and a report to hand on. */
export function ErrorView({ upload, error }: { upload: Upload; error: UploadError }) {
  const { messages } = useLanguage()
  const reason = reasonOf(error)
  const own = errorText(messages, reason.code)
  const facts = ossFactsOf(error)
  return (
    <div className="od-error">
      {/* The error's own sentence has the values in it, and is English whatever the page speaks. */}
      <p className="od-said" lang="en" dir="ltr">
        {reason.message}
      </p>
      {own.hint !== undefined ? (
        <p className="od-hint">{own.hint}</p>
      ) : (
        reason.hint !== undefined && (
          <p className="od-hint" lang="en" dir="ltr">
            {reason.hint}
          </p>
        )
      )}
      <div className="od-error-foot">
        {facts !== undefined && (
          <dl className="od-oss-facts">
            <Fact name={messages.ossCode} value={facts.code} />
            <Fact name={messages.ossEc} value={facts.ec} />
            <Fact name={messages.requestId} value={facts.requestId} />
          </dl>
        )}
        <CopyButton label={messages.copyReport} text={() => writeReport(upload, error, new Date())} />
      </div>
    </div>
  )
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null
  return (
    <div className="od-oss-fact">
      <dt className="od-label">{name}</dt>
      <dd className="od-code">{value}</dd>
    </div>
  )
}
