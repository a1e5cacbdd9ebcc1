import { createUploader, type Uploader } from '@oss-direct/uploader'
import { createContext, type ReactNode, useContext } from 'react'

export interface UploadProviderProps {
  /** The one queue that everything below shares. Make it once, outside of any component. */
  uploader: Uploader
  children: ReactNode
}

const UploaderContext = createContext<Uploader | undefined>(undefined)

/** Gives everything below it one uploader. */
export function UploadProvider({ uploader, children }: UploadProviderProps) {
  // `.Provider`, because React 18 knows no other way.
  return <UploaderContext.Provider value={uploader}>{children}</UploaderContext.Provider>
}

/**
 * The uploader of the provider above. Without a provider, the page's own: it speaks to `/uploads`, is made when first asked
 * for, and outlives the component that asked, so that turning to another view does not end an upload.
 */
export function useUploader(): Uploader {
  const given = useContext(UploaderContext)
  if (given !== undefined) return given
  pageUploader ??= createUploader()
  return pageUploader
}

let pageUploader: Uploader | undefined
