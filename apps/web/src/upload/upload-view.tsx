import { useQuery } from '@tanstack/react-query'
import { History } from '../history/history.tsx'
import { ViewHeading } from '../navigation.tsx'
import { usePreferences } from '../preferences.tsx'
import { Trouble } from '../trouble.tsx'
import { UploadDropzone, uploader } from '../uploading.ts'

/** Drop on the left, history on the right; on a small screen one below the other. */
export function UploadView() {
  const { text } = usePreferences()
  const rules = useQuery({ queryKey: ['rules', 'demo'], queryFn: () => uploader.rules('demo'), staleTime: 300_000 })
  return (
    <>
      <ViewHeading title="" className="headline">
        {text.headline}
      </ViewHeading>
      <div className="columns">
        <div className="upload-column">
          {rules.isError && <Trouble sentence={text.apiDown} error={rules.error} retry={() => void rules.refetch()} />}
          <UploadDropzone route="demo" />
        </div>
        <History />
      </div>
    </>
  )
}
