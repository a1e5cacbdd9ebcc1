import { useEffect, useLayoutEffect } from 'react'

/** `useLayoutEffect`, about which React 18 complains on a server, where there is no layout and neither effect runs. */
export const useBeforePaint = typeof document === 'undefined' ? useEffect : useLayoutEffect
