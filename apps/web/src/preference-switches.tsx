import { LOOKS, THEMES, usePreferences } from './preferences.tsx'
import { LOCALES } from './texts.ts'

const LANGUAGE_NAMES = { en: 'English', 'zh-CN': '简体中文' }

export function PreferenceSwitches() {
  const { locale, setLocale, theme, setTheme, look, setLook, text } = usePreferences()
  return (
    <div className="switches">
      <label className="language">
        <span className="unseen">{text.language}</span>
        <select
          value={locale}
          onChange={({ target }) => setLocale(LOCALES.find((known) => known === target.value) ?? locale)}
        >
          {LOCALES.map((known) => (
            <option key={known} value={known} lang={known}>
              {LANGUAGE_NAMES[known]}
            </option>
          ))}
        </select>
      </label>
      <label className="look">
        <span className="unseen">{text.look}</span>
        <select value={look} onChange={({ target }) => setLook(LOOKS.find((known) => known === target.value) ?? look)}>
          {LOOKS.map((known) => (
            <option key={known} value={known}>
              {text.looks[known]}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="theme">
        <legend className="unseen">{text.theme}</legend>
        {THEMES.map((known) => (
          <label key={known}>
            <input type="radio" name="theme" checked={theme === known} onChange={() => setTheme(known)} />
            <span>{text.themes[known]}</span>
          </label>
        ))}
      </fieldset>
    </div>
  )
}
