import type { Json } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { createContext, useContext } from 'react'
import type { RejectedUpload } from './rejection-groups.ts'
import type { Summary } from './summary.ts'

/** What the parts below an `UploadRoot` have in common, and what stays as it is while files move. */
export interface PanelPlace {
  route: string
  input: Json | undefined
  disabled: boolean
  dropOn: 'area' | 'page'
}

/** What changes with every step of every file. */
export interface PanelUploads {
  /** In the order in which they were added, without the rejected ones. */
  rows: readonly Upload[]
  rejected: readonly RejectedUpload[]
  summary: Summary
}

// Two of them: a drop area that is drawn again at every progress event would be felt.
export const PlaceContext = createContext<PanelPlace | undefined>(undefined)
export const UploadsContext = createContext<PanelUploads | undefined>(undefined)

/** `part`: who asks, for the sentence that a developer reads. */
export function usePlace(part: string): PanelPlace {
  return useContext(PlaceContext) ?? complain(part)
}

export function usePanelUploads(part: string): PanelUploads {
  return useContext(UploadsContext) ?? complain(part)
}

function complain(part: string): never {
  throw new Error(`<${part}> stands alone. Put it inside of <UploadRoot route="…">, which tells it what to show.`)
}
