import type { Json } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { type ReactNode, useMemo, useRef } from 'react'
import { Announcer } from './announcer.tsx'
import { DropArea } from './drop-area.tsx'
import { OfflineIcon } from './icons.tsx'
import { type LanguageOptions, LanguageProvider, useLanguage } from './language.tsx'
import type { RejectedUpload } from './rejection-groups.ts'
import { RejectionList } from './rejection-list.tsx'
import { summarize } from './summary.ts'
import { SummaryBar } from './summary-bar.tsx'
import { UploadList } from './upload-list.tsx'
import { useUploader } from './upload-provider.tsx'
import type { DoneUpload } from './upload-row.tsx'
import { useKeptFocus } from './use-kept-focus.ts'
import { useOnline } from './use-online.ts'
import { useRouteRules } from './use-route-rules.ts'
import { type SettledHandlers, useSettled } from './use-settled.ts'
import { useUploads } from './use-uploads.ts'

export interface UploadDropzoneProps<Result = Json> extends SettledHandlers<Result>, LanguageOptions {
  /** A route of your server. */
  route: string
  /** What the route's `input` asks for; checked by the server. */
  input?: Json | undefined
  /** @default false */
  disabled?: boolean | undefined
  /** In place of the built-in view of the application's answer. */
  renderResult?: ((upload: DoneUpload<Result>) => ReactNode) | undefined
  /** Puts the record id of every finished upload into a hidden input of this name, for plain forms. */
  name?: string | undefined
  /** @default what the person's system prefers, or a `data-theme` further up */
  theme?: 'light' | 'dark' | undefined
}

/** Drop, browse or paste files; see them go straight to the bucket; read what the application answered. */
export function UploadDropzone({ locale, messages, ...rest }: UploadDropzoneProps) {
  return (
    <LanguageProvider locale={locale} messages={messages}>
      <Panel {...rest} />
    </LanguageProvider>
  )
}

function Panel(props: Omit<UploadDropzoneProps, keyof LanguageOptions>) {
  const { route, input, disabled, renderResult, name, theme } = props
  const root = useRef<HTMLDivElement>(null)
  const uploader = useUploader()
  const uploads = useUploads(route)
  const known = useRouteRules(route)
  const online = useOnline()
  const { messages, formats } = useLanguage()
  const { rows, rejected } = useMemo(() => partition(uploads), [uploads])
  const summary = useMemo(() => summarize(uploads), [uploads])
  useSettled(uploads, props)
  useKeptFocus(root)

  return (
    <div className="od-root" ref={root} lang={formats.locale} data-theme={theme}>
      {!online && (
        <div className="od-notice" data-tone="unconfirmed">
          <span className="od-mark">
            <OfflineIcon />
          </span>
          <p className="od-notice-text">{messages.offline}</p>
        </div>
      )}
      <DropArea route={route} input={input} disabled={disabled} />
      {rejected.length > 0 && (
        <RejectionList
          uploads={rejected}
          rules={known.status === 'known' ? known.rules : undefined}
          uploader={uploader}
        />
      )}
      {rows.length > 0 && <SummaryBar summary={summary} uploader={uploader} route={route} />}
      {rows.length > 0 && <UploadList uploads={rows} uploader={uploader} renderResult={renderResult} />}
      <Announcer uploads={uploads} online={online} />
      {name !== undefined &&
        rows.map(
          (upload) =>
            upload.phase === 'done' && <input key={upload.id} type="hidden" name={name} value={upload.recordId} />,
        )}
    </div>
  )
}

function partition(uploads: readonly Upload[]) {
  const rejected: RejectedUpload[] = []
  for (const upload of uploads) if (upload.phase === 'rejected') rejected.push(upload)
  return { rejected, rows: rejected.length === 0 ? uploads : uploads.filter(({ phase }) => phase !== 'rejected') }
}
