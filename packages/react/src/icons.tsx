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
export const FileIcon = () => (
  <Icon>
    <path d="M5 3.5h6L15.5 8v8a.5.5 0 0 1-.5.5H5a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5Zm6 0V8h4.5" />
  </Icon>
)

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="od-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  )
}
