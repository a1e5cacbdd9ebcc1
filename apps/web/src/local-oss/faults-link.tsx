import type { AnchorHTMLAttributes } from 'react'
import { addressOf, Link } from '../navigation.tsx'
import { usePreferences } from '../preferences.tsx'
import { useLocalOss } from './use-local-oss.ts'

/** The way to the switches; it says when a fault is in force, so that nobody wonders in another view. */
export function FaultsLink(props: AnchorHTMLAttributes<HTMLAnchorElement>) {
  const { text } = usePreferences()
  const { data } = useLocalOss()
  if (data?.isLocal !== true) return null
  const inForce = data.faults.length
  return (
    <Link to={addressOf({ name: 'faults' })} data-in-force={inForce > 0 ? '' : undefined} {...props}>
      {text.faults(inForce)}
    </Link>
  )
}
