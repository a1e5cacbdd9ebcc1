import { useQuery } from '@tanstack/react-query'
import { History } from './history.tsx'
import { PreferenceSwitches } from './preference-switches.tsx'
import { usePreferences } from './preferences.tsx'
import { UploadDropzone, UploadProvider, uploader } from './uploading.ts'

/** Drop on the left, history on the right; on a small screen one below the other. */
export function App() {
  const { text } = usePreferences()
  const rules = useQuery({ queryKey: ['rules', 'demo'], queryFn: () => uploader.rules('demo'), staleTime: 300_000 })
  return (
    <UploadProvider uploader={uploader}>
      <div className="page">
        <header className="page-head">
          <p className="wordmark">
            <img src="/favicon.svg" alt="" width="24" height="24" /> oss-direct
          </p>
          <PreferenceSwitches />
        </header>
        <main>
          <h1>{text.headline}</h1>
          <div className="columns">
            <div className="upload-column">
              {rules.isError && (
                <div className="trouble" role="alert">
                  <p>
                    {text.apiDown} <span lang="en">{rules.error.message}</span>
                  </p>
                  <button type="button" className="plain-button" onClick={() => rules.refetch()}>
                    {text.tryAgain}
                  </button>
                </div>
              )}
              <UploadDropzone route="demo" />
            </div>
            <History />
          </div>
        </main>
      </div>
    </UploadProvider>
  )
}
