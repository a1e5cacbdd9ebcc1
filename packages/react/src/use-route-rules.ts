import { type RouteRules, UploadError } from '@oss-direct/shared'
import { useEffect, useState } from 'react'
import { useUploader } from './upload-provider.tsx'

export type RulesState =
  | { status: 'loading' }
  | { status: 'known'; rules: RouteRules }
  | { status: 'unavailable'; error: unknown }

/** What the server allows on a route. The uploader asks once and keeps the answer; where there was none we ask again. */
export function useRouteRules(route: string): RulesState {
  const uploader = useUploader()
  const [state, setState] = useState<RulesState & { route?: string }>({ status: 'loading' })

  useEffect(() => {
    let current = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      uploader.rules(route).then(
        (rules) => current && setState({ status: 'known', rules, route }),
        (error: unknown) => {
          if (!current) return
          setState({ status: 'unavailable', error, route })
          if (!(error instanceof UploadError) || error.retryable) timer = setTimeout(ask, ASK_AGAIN_MS)
        },
      )
    }
    ask()
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [uploader, route])

  // The rules of the route before are no rules of this one.
  return state.route === route ? state : { status: 'loading' }
}

const ASK_AGAIN_MS = 10_000
