import type { UploadErrorCode } from '@oss-direct/shared'

/** Callback codes end at OSS; a person sees all of them as one thing: the callback did not get through. */
export type ErrorKind = Exclude<UploadErrorCode, `callback-${string}`> | 'callback'

export interface ErrorText {
  title: string
  /** Shown in place of the hint that the error itself carries, which is in English. */
  hint?: string
}

/**
 * Every text that a person reads or hears. Sizes, times and lists come in as texts, formatted for the locale; counts come
 * in as numbers, because only the language knows its plurals.
 */
export interface Messages {
  /** Where files are dropped; `multiple` is false on a route that takes one file. */
  dropPrompt(multiple: boolean): string
  browse(multiple: boolean): string
  chooseFolder: string
  openCamera: string
  dropAccepted(count: number): string
  dropRefused: string
  dropUnknown: string

  limitMaxBytes(size: string): string
  limitMinBytes(size: string): string
  limitFiles(count: number): string
  noLimits: string
  /** Of a drop that had files or folders in it which the browser could not read. */
  unreadable(count: number): string
  limitsUnavailable: string
  typeFamily: Record<'image' | 'video' | 'audio' | 'text', string>

  uploads: string
  queued(place: number): string
  retryingIn(duration: string): string
  signing: string
  sending(facts: { sent: string; total: string }): string
  speed(bytesPerSecond: string): string
  timeLeft(duration: string): string
  /** `restarts`: nothing of it is in OSS. */
  paused(restarts: boolean): string
  /** Of an upload that an earlier life of the page left; `ask`: one click lets the browser read the file again. */
  needsFile(access: 'ask' | 'choose'): string
  confirming: string
  done: string
  unconfirmed: string
  failed: string
  cancelled: string
  /** The text of a progress bar, read aloud. */
  progress(facts: { percent: string; sent: string; total: string }): string

  /** `restarts`: what was sent so far is sent again. */
  pause(restarts: boolean): string
  resume: string
  continue: string
  chooseFile: string
  cancel: string
  retry: string
  confirmAgain: string
  remove: string
  dismiss: string
  showAnswer: string
  hideAnswer: string

  answer: string
  copyJson: string
  copyReport: string
  copied: string
  copyFailed: string
  emptyAnswer: string
  yes: string
  no: string
  nothing: string
  moreItems(count: number): string

  ossCode: string
  ossEc: string
  requestId: string
  nextTry(duration: string): string

  rejected(count: number): string
  tooLarge(limit: string): string
  tooSmall(limit: string): string
  empty: string
  typeRefused(types: string): string
  tooMany(limit: number): string

  offline: string
  tryNow: string
  uploading(facts: { finished: number; total: number }): string
  digest(facts: { done: number; unconfirmed: number; failed: number; cancelled: number; unfinished: number }): string
  took(duration: string): string
  retryFailed: string
  confirmAll: string
  pauseAll: string
  resumeAll: string
  cancelAll: string
  /** Of a list that is at rest: opens the file dialog once more. */
  addMore: string
  clear: string

  /** Why a form around it is not sent. */
  formWaits: string
  formNeedsFile: string

  announceAdded(count: number): string
  announceRejected(count: number, reason: string): string
  announceStarted(fileName: string): string
  announceProgress(percent: string): string
  announceUnfinished(count: number, fileName: string): string
  announceDone(count: number, fileName: string): string
  announceUnconfirmed(count: number, fileName: string): string
  announceFailed(count: number, fileName: string, reason: string): string

  errors: Record<ErrorKind, ErrorText>
}

export function errorText(messages: Messages, code: UploadErrorCode): ErrorText {
  return messages.errors[isCallbackCode(code) ? 'callback' : code]
}

function isCallbackCode(code: UploadErrorCode): code is Extract<UploadErrorCode, `callback-${string}`> {
  return code.startsWith('callback-')
}
