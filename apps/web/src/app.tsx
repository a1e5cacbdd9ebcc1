import { lazy, Suspense } from 'react'
import { FaultsLink } from './local-oss/faults-link.tsx'
import { addressOf, Link, usePathname, type View, ViewHeading, viewAt } from './navigation.tsx'
import { PreferenceSwitches } from './preference-switches.tsx'
import { usePreferences } from './preferences.tsx'
import { UploadView } from './upload/upload-view.tsx'
import { UploadProvider, uploader } from './uploading.ts'

// What not everybody opens is fetched by those who do.
const RecordView = lazy(() => import('./record/record-view.tsx'))
const EmbedView = lazy(() => import('./embed/embed-view.tsx'))
const FaultsView = lazy(() => import('./local-oss/faults-view.tsx'))

/** The frame around the views. One uploader for all of them: turning to another view ends no upload. */
export function App() {
  const { text } = usePreferences()
  const pathname = usePathname()
  const view = viewAt(pathname)
  const current = (name: View['name']) => (view.name === name ? 'page' : undefined)
  return (
    <UploadProvider uploader={uploader}>
      <div className="page">
        <a className="skip-link" href="#main">
          {text.skip}
        </a>
        <header className="page-head">
          <Link to="/" className="wordmark">
            <img src="/favicon.svg" alt="" width="24" height="24" />
            <span>oss-direct</span>
          </Link>
          <nav className="views" aria-label={text.views}>
            <Link to="/" aria-current={current('upload')}>
              {text.upload}
            </Link>
            <Link to={addressOf({ name: 'embed' })} aria-current={current('embed')}>
              {text.embed}
            </Link>
            <FaultsLink aria-current={current('faults')} />
          </nav>
          <PreferenceSwitches />
        </header>
        <main id="main" tabIndex={-1}>
          {/* A view of its own for each address: its heading takes the focus anew. */}
          <Suspense key={pathname} fallback={<p className="loading">{text.loading}</p>}>
            <CurrentView view={view} />
          </Suspense>
        </main>
      </div>
    </UploadProvider>
  )
}

function CurrentView({ view }: { view: View }) {
  const { text } = usePreferences()
  switch (view.name) {
    case 'upload':
      return <UploadView />
    case 'record':
      return <RecordView id={view.id} />
    case 'embed':
      return <EmbedView />
    case 'faults':
      return <FaultsView />
    case 'unknown':
      return (
        <div className="calm">
          <ViewHeading title={text.unknownPage} />
          <p>{text.unknownPageHint}</p>
          <Link to="/" className="plain-button">
            {text.toUpload}
          </Link>
        </div>
      )
  }
}
