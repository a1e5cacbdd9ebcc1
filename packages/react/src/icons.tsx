import type { ReactNode } from 'react'

// Drawn for a 20 px grid with 1.5 px strokes. Always beside a text or inside a named button, so never read aloud.

export const UploadIcon = () => (
  <Icon>
    <path d="M10 13V3.5M6 7.5l4-4 4 4M3.5 12.5v2a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-2" />
  </Icon>
)
export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.75 3.75L15.5 6.5" />
  </Icon>
)
export const RefuseIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.75" />
    <path d="m5.5 5.5 9 9" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
)
export const PauseIcon = () => (
  <Icon>
    <path d="M7.25 5v10m5.5-10v10" />
  </Icon>
)
export const ResumeIcon = () => (
  <Icon>
    <path d="M7 4.5 15.5 10 7 15.5v-11Z" />
  </Icon>
)
export const WarningIcon = () => (
  <Icon>
    <path d="M10 3.25 17.25 16H2.75L10 3.25Zm0 4.75v3.5m0 2.25v.01" />
  </Icon>
)
export const ErrorIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.75" />
    <path d="M10 6.5v4.25m0 2.5v.01" />
  </Icon>
)
export const OfflineIcon = () => (
  <Icon>
    <path d="M3 8a10.5 10.5 0 0 1 4-2.4m4-.5A10.5 10.5 0 0 1 17 8M5.5 11a7 7 0 0 1 3-1.7m4 .6a7 7 0 0 1 2 1.1M10 15v.01M3.5 3.5l13 13" />
  </Icon>
)
export const ChevronIcon = () => (
  <Icon>
    <path d="m6 8 4 4 4-4" />
  </Icon>
)
export const CopyIcon = () => (
  <Icon>
    <path d="M7 7V4.75A1.25 1.25 0 0 1 8.25 3.5h7A1.25 1.25 0 0 1 16.5 4.75v7A1.25 1.25 0 0 1 15.25 13H13M4.75 7h7A1.25 1.25 0 0 1 13 8.25v7a1.25 1.25 0 0 1-1.25 1.25h-7a1.25 1.25 0 0 1-1.25-1.25v-7A1.25 1.25 0 0 1 4.75 7Z" />
  </Icon>
)
export const FolderIcon = () => (
  <Icon>
    <path d="M3 15V5.5A1.5 1.5 0 0 1 4.5 4h3l2 2.25h6A1.5 1.5 0 0 1 17 7.75V15a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1Z" />
  </Icon>
)
export const CameraIcon = () => (
  <Icon>
    <path d="M3.5 6.5h3l1.25-2h4.5l1.25 2h3A.5.5 0 0 1 17 7v8a.5.5 0 0 1-.5.5h-13A.5.5 0 0 1 3 15V7a.5.5 0 0 1 .5-.5Z" />
    <circle cx="10" cy="10.75" r="2.75" />
  </Icon>
)

/** Kinds of files, small beside their extension. */
const KIND_PATHS = {
  file: 'M5 3.5h6L15.5 8v8a.5.5 0 0 1-.5.5H5a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5Zm6 0V8h4.5',
  text: 'M5 3.5h6L15.5 8v8a.5.5 0 0 1-.5.5H5a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5Zm6 0V8h4.5M7 10.75h6M7 13.5h4',
  pdf: 'M10 3.5c1.5 0 1.2 3.6-.4 7C8 13.8 5.4 16.5 4.2 16.1c-1.5-.6 1-3 4.3-3.9 3.4-.9 7.3-.9 7.3.6 0 1.4-3.2.8-4.9-1.7C9.4 8.9 8.7 3.5 10 3.5Z',
  image:
    'M4 4.5h12a.5.5 0 0 1 .5.5v10a.5.5 0 0 1-.5.5H4a.5.5 0 0 1-.5-.5V5a.5.5 0 0 1 .5-.5Zm0 9.5 3.75-4 3 3 2-2 3.5 3.5M13 8v.01',
  video: 'M4 4.5h12a.5.5 0 0 1 .5.5v10a.5.5 0 0 1-.5.5H4a.5.5 0 0 1-.5-.5V5a.5.5 0 0 1 .5-.5Zm4.5 3v5l4-2.5Z',
  audio: 'M7.5 14.5v-9l8-1.5v8.5M7.5 14.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0Zm8-2a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z',
  archive: 'M3.5 4.5h13v3h-13Zm1 3v8h11v-8M8.5 10.5h3',
} as const

export type FileKind = keyof typeof KIND_PATHS

export const KindIcon = ({ kind }: { kind: FileKind }) => (
  <Icon>
    <path d={KIND_PATHS[kind]} />
  </Icon>
)

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="od-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  )
}
