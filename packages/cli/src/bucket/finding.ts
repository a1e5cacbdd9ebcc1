/** What one check found. */
export interface Finding {
  /** What was looked at, in a word. */
  check: CheckName
  /** `skipped`: nothing could be seen, for the reason that `why` gives. */
  level: 'ok' | 'warning' | 'wrong' | 'skipped'
  why: string
  /** What to do about it; never with `ok`. */
  fix?: string
}

export type CheckName =
  | 'settings'
  | 'credentials'
  | 'clock'
  | 'bucket'
  | 'cors'
  | 'form'
  | 'parts'
  | 'callback'
  | 'lifecycle'
  | 'rights'
  | 'cleanup'

/** The findings of one check. */
export function reporter(check: CheckName) {
  return {
    ok: (why: string): Finding => ({ check, level: 'ok', why }),
    warning: (why: string, fix: string): Finding => ({ check, level: 'warning', why, fix }),
    wrong: (why: string, fix: string): Finding => ({ check, level: 'wrong', why, fix }),
    skipped: (why: string): Finding => ({ check, level: 'skipped', why }),
  }
}
