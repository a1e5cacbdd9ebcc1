import { usePreferences } from './preferences.tsx'

export interface TroubleProps {
  /** What did not work, in the visitor's language. */
  sentence: string
  /** What was said about it, as it was said. */
  error: Error
  retry(): void
}

/** Something could not be read. Says what, why, and lets it be tried again. */
export function Trouble({ sentence, error, retry }: TroubleProps) {
  const { text } = usePreferences()
  return (
    <div className="trouble" role="alert">
      <p>
        {sentence} <span lang="en">{error.message}</span>
      </p>
      <button type="button" className="plain-button" onClick={retry}>
        {text.tryAgain}
      </button>
    </div>
  )
}
