import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react'
import { createFormats, type Formats } from './formats.ts'
import type { Messages } from './messages.ts'
import { en } from './messages-en.ts'
import { zhCN } from './messages-zh-cn.ts'

/** What a component says, and how it writes numbers. */
export interface Language {
  messages: Messages
  formats: Formats
}

export interface LanguageOptions {
  /** BCP 47. `zh…` speaks Chinese, everything else English. @default the language above, else the document's */
  locale?: string | undefined
  /** Texts in place of the built-in ones; with all of them it is a language of its own. */
  messages?: Partial<Messages> | undefined
}

const LanguageContext = createContext<Language | undefined>(undefined)

export function LanguageProvider({ locale, messages, children }: LanguageOptions & { children: ReactNode }) {
  const inherited = useLanguage()
  const language = useMemo(() => {
    if (locale === undefined && messages === undefined) return inherited
    return resolveLanguage(locale ?? inherited.formats.locale, messages)
  }, [locale, messages, inherited])
  return <LanguageContext.Provider value={language}>{children}</LanguageContext.Provider>
}

/** The language of the nearest provider; without one, the document's. */
export function useLanguage(): Language {
  const given = useContext(LanguageContext)
  const watch = given === undefined ? watchDocumentLocale : watchNothing
  const documentLocale = useSyncExternalStore(watch, readDocumentLocale, () => 'en')
  return given ?? builtInLanguage(documentLocale)
}

/** Which messages and formats a locale gets. An unknown or malformed tag gets English rather than an exception. */
export function resolveLanguage(locale: string, messages?: Partial<Messages>): Language {
  const tag = canonicalLocale(locale)
  const chinese = /^zh\b/i.test(tag)
  const builtIn = chinese ? zhCN : en
  // German numbers in English sentences help nobody, unless the sentences are replaced as well.
  const formatsTag = chinese || /^en\b/i.test(tag) || messages !== undefined ? tag : 'en'
  return {
    messages: messages === undefined ? builtIn : { ...builtIn, ...messages },
    formats: createFormats(formatsTag === 'zh' ? 'zh-CN' : formatsTag),
  }
}

// Building the formats takes a dozen Intl objects; rows without a provider above them share these.
const languages = new Map<string, Language>()

function builtInLanguage(locale: string): Language {
  const known = languages.get(locale)
  if (known !== undefined) return known
  const language = resolveLanguage(locale)
  languages.set(locale, language)
  return language
}

function canonicalLocale(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

function readDocumentLocale(): string {
  return document.documentElement.lang || 'en'
}

function watchDocumentLocale(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] })
  return () => observer.disconnect()
}

function watchNothing(): () => void {
  return () => undefined
}
