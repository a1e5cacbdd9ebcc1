import type { RouteRules } from '@oss-direct/shared'
import { useEffect, useState } from 'react'
import { useUploader } from './upload-provider.tsx'

export type RulesState =
  | { status: 'loading' }
  | { status: 'known'; rules: RouteRules }
  | { status: 'unavailable'; error: unknown }

/** What the server allows on a route. The uploader asks once and keeps the answer. */
export function useRouteRules(route: string): RulesState {
  const uploader = useUploader()
  const [state, setState] = useState<RulesState & { route?: string }>({ status: 'loading' })

  useEffect(() => {
    let current = true
    uploader.rules(route).then(
      (rules) => current && setState({ status: 'known', rules, route }),
      (error: unknown) => current && setState({ status: 'unavailable', error, route }),
    )
    return () => {
      current = false
    }
  }, [uploader, route])

  // The rules of the route before are no rules of this one.
  return state.route === route ? state : { status: 'loading' }
}
