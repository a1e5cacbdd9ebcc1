import { CopyButton, FileName, ResultView } from '@oss-direct/react'
import { useId, useRef } from 'react'
import { ViewHeading } from '../navigation.tsx'
import { usePreferences } from '../preferences.tsx'
import cakePhoto from './cake-photo.tsx?raw'
import { embedTexts } from './embed-texts.ts'
import { useFrameResults } from './frame-results.ts'
import './embed.css'

/** The component in a page of somebody else, and in a frame; both with the code. */
export default function EmbedView() {
  const { locale, theme } = usePreferences()
  const text = embedTexts[locale]
  const frame = useRef<HTMLIFrameElement>(null)
  const results = useFrameResults(frame, location.origin)
  const frameAddress = new URLSearchParams({ parent: location.origin, lang: locale, theme })
  return (
    <>
      <ViewHeading title={text.title} />
      <p className="lead">{text.lead}</p>
      <Showcase title={text.page} hint={text.pageHint}>
        <iframe className="foreign-frame" src={`/foreign.html?lang=${locale}`} title={text.pageFrame} />
        <a href={`/foreign.html?lang=${locale}`} target="_blank" rel="noopener noreferrer">
          {text.alone}
        </a>
        <Code code={cakePhoto.trim()} />
      </Showcase>
      <Showcase title={text.frame} hint={text.frameHint}>
        <iframe ref={frame} className="upload-frame" src={`/frame.html?${frameAddress}`} title={text.frameTitle} />
        <section className="received od-root" aria-label={text.received} aria-live="polite">
          <h3>{text.received}</h3>
          {results.length === 0 && <p className="muted">{text.nothingYet}</p>}
          <ol>
            {results.map(({ id, name, result }) => (
              <li key={id}>
                <p>
                  <FileName name={name} /> <span className="muted">{text.from(location.origin)}</span>
                </p>
                <ResultView value={result} />
              </li>
            ))}
          </ol>
        </section>
        <Code code={parentCode(location.origin)} />
        <p className="muted">{text.rules}</p>
      </Showcase>
    </>
  )
}

function Showcase({ title, hint, children }: { title: string; hint: string; children: React.ReactNode }) {
  const id = useId()
  return (
    <section className="showcase" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className="chapter-hint">{hint}</p>
      {children}
    </section>
  )
}

function Code({ code }: { code: string }) {
  const { locale } = usePreferences()
  const text = embedTexts[locale]
  return (
    <figure className="code od-root">
      <figcaption>
        {text.code}
        <CopyButton label={text.copyCode} text={() => code} />
      </figcaption>
      <pre lang="en" dir="ltr">
        {code}
      </pre>
    </figure>
  )
}

/** All that a page around the frame needs. */
function parentCode(server: string): string {
  return [
    `<iframe id="upload" src="${server}/frame.html?parent=https://your-site.example" title="Upload"></iframe>`,
    "<script>addEventListener('message', ({ origin, source, data }) => {",
    `  if (origin === '${server}' && source === upload.contentWindow && data.type === 'upload-done') show(data.result)`,
    '})</script>',
  ].join('\n')
}
