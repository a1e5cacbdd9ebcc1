import { usePreferences } from '../preferences.tsx'
import type { Locale } from '../texts.ts'
import type { RecordTexts } from './record-texts.ts'
import { en } from './record-texts-en.ts'
import { zhCN } from './record-texts-zh-cn.ts'

const LANGUAGES: Record<Locale, RecordTexts> = { en, 'zh-CN': zhCN }

export function useRecordTexts(): RecordTexts {
  return LANGUAGES[usePreferences().locale]
}
