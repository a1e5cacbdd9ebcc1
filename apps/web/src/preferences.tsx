import { createContext, type ReactNode, useCallback, useContext, useLayoutEffect, useMemo, useState } from 'react'
import { LOCALES, type Locale, type Texts, texts } from './texts.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Plain is the component as it comes; each of the others is a class in looks.css. */
export const LOOKS = ['plain', 'paper', 'signal', 'mint'] as const
export type Look = (typeof LOOKS)[number]

interface Preferences {
  locale: Locale
  setLocale(locale: Locale): void
  theme: Theme
  setTheme(theme: Theme): void
  look: Look
  setLook(look: Look): void
  text: Texts
}

const PreferencesContext = createContext<Preferences | undefined>(undefined)

/** Language, theme and look: from the browser at first, then as chosen here. All are written on `<html>`. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useKept('locale', LOCALES, navigator.language.startsWith('zh') ? 'zh-CN' : 'en')
  const [theme, setTheme] = useKept('theme', THEMES, 'auto')
  const [look, setLook] = useKept('look', LOOKS, 'plain')

  useLayoutEffect(() => {
    const { documentElement } = document
    documentElement.lang = locale
    if (theme === 'auto') delete documentElement.dataset.theme
    else documentElement.dataset.theme = theme
    documentElement.className = look
  }, [locale, theme, look])

  const preferences = useMemo(
    () => ({ locale, setLocale, theme, setTheme, look, setLook, text: texts[locale] }),
    [locale, setLocale, theme, setTheme, look, setLook],
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
