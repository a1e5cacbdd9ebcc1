import { createContext, type ReactNode, useCallback, useContext, useLayoutEffect, useMemo, useState } from 'react'
import { LOCALES, type Locale, type Texts, texts } from './texts.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

interface Preferences {
  locale: Locale
  setLocale(locale: Locale): void
  theme: Theme
  setTheme(theme: Theme): void
  text: Texts
}

const PreferencesContext = createContext<Preferences | undefined>(undefined)

/** Language and theme: from the browser at first, then as chosen here. Both are written on `<html>`. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useKept('locale', LOCALES, navigator.language.startsWith('zh') ? 'zh-CN' : 'en')
  const [theme, setTheme] = useKept('theme', THEMES, 'auto')

  useLayoutEffect(() => {
    const { documentElement } = document
    documentElement.lang = locale
    if (theme === 'auto') delete documentElement.dataset.theme
    else documentElement.dataset.theme = theme
  }, [locale, theme])

  const preferences = useMemo(
    () => ({ locale, setLocale, theme, setTheme, text: texts[locale] }),
    [locale, setLocale, theme, setTheme],
  )
  return <PreferencesContext value={preferences}>{children}</PreferencesContext>
}

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext)
  if (preferences === undefined) throw new Error('usePreferences needs a PreferencesProvider above it')
  return preferences
}

function useKept<T extends string>(name: string, allowed: readonly T[], otherwise: T): [T, (value: T) => void] {
  const key = `oss-direct.${name}`
  const [value, setValue] = useState(
    () => allowed.find((candidate) => candidate === storage()?.getItem(key)) ?? otherwise,
  )
  const keep = useCallback(
    (next: T) => {
      storage()?.setItem(key, next)
      setValue(next)
    },
    [key],
  )
  return [value, keep]
}

/** Nothing where the browser forbids it (cookies off, a sandboxed frame): then a choice lasts as long as the page. */
function storage(): Storage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}
