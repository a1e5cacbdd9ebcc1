import type { Json } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { type ReactNode, useMemo, useRef } from 'react'
import { Announcer } from './announcer.tsx'
import { FormField } from './form-field.tsx'
import { type LanguageOptions, LanguageProvider, useLanguage } from './language.tsx'
import { PlaceContext, UploadsContext } from './panel.ts'
import type { RejectedUpload } from './rejection-groups.ts'
import { summarize } from './summary.ts'
import { useKeptFocus } from './use-kept-focus.ts'
import { type SettledHandlers, useSettled } from './use-settled.ts'
import { useUploads } from './use-uploads.ts'

export interface UploadRootProps<Result = Json> extends SettledHandlers<Result>, LanguageOptions {
  /** A route of your server. */
  route: string
  /** What the route's `input` asks for; checked by the server. */
  input?: Json | undefined
  /** @default false */
  disabled?: boolean | undefined
  /** Where files may be dropped: on the drop area, or anywhere on the page. @default 'area' */
  dropOn?: 'area' | 'page' | undefined
  /**
   * Puts the record id of every finished upload into a hidden input of this name, for plain forms. While files are under way
   * the form is not sent, and a reset of the form empties the list.
   */
  name?: string | undefined
  /** The form is not sent without a finished upload; asks for a `name`. @default false */
  required?: boolean | undefined
  /** @default what the person's system prefers, or a `data-theme` further up */
  theme?: 'light' | 'dark' | undefined
  /** The parts, in your order, and whatever else belongs between them. */
  children?: ReactNode
}

/**
 * Around the parts of one dropzone. It tells a screen reader what happens, keeps the focus when rows go, calls the handlers
 * and fills the form, whichever of the parts are yours.
 */
export function UploadRoot({ locale, messages, ...rest }: UploadRootProps) {
  return (
    <LanguageProvider locale={locale} messages={messages}>
      <Panel {...rest} />
    </LanguageProvider>
  )
}

function Panel(props: Omit<UploadRootProps, keyof LanguageOptions>) {
  const { route, input, disabled = false, dropOn = 'area', name, required = false, theme, children } = props
  const root = useRef<HTMLDivElement>(null)
  const uploads = useUploads(route)
  const { formats } = useLanguage()
  const place = useMemo(() => ({ route, input, disabled, dropOn }), [route, input, disabled, dropOn])
  const shared = useMemo(() => ({ ...partition(uploads), summary: summarize(uploads) }), [uploads])
  useSettled(uploads, props)
  useKeptFocus(root)

  return (
    <div className="od-root" ref={root} lang={formats.locale} data-theme={theme}>
      <PlaceContext.Provider value={place}>
        <UploadsContext.Provider value={shared}>
          {children}
          {name !== undefined && <FormField name={name} required={required} />}
        </UploadsContext.Provider>
      </PlaceContext.Provider>
      <Announcer uploads={uploads} />
    </div>
  )
}

function partition(uploads: readonly Upload[]) {
  const rejected: RejectedUpload[] = []
  for (const upload of uploads) if (upload.phase === 'rejected') rejected.push(upload)
  return { rejected, rows: rejected.length === 0 ? uploads : uploads.filter(({ phase }) => phase !== 'rejected') }
}
