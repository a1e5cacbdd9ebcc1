import type { RecordStatus } from '@oss-direct/shared'

export const LOCALES = ['en', 'zh-CN'] as const
export type Locale = (typeof LOCALES)[number]

/** What the page says around the dropzone, which brings its own texts. */
export interface Texts {
  headline: string
  language: string
  theme: string
  themes: Record<'auto' | 'light' | 'dark', string>
  apiDown: string
  tryAgain: string
  history: string
  historyEmpty: string
  historyLoading: string
  historyFailed: string
  showOlder: string
  status: Record<RecordStatus, string>
  answer: string
  open: string
  confirm: string
  confirmPending: string
  remove: string
  removeForGood: string
  keep: string
}

export const texts: Record<Locale, Texts> = {
  en: {
    headline: 'Drop a file: it goes straight to the bucket, and what the application answers appears here.',
    language: 'Language',
    theme: 'Theme',
    themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
    apiDown: 'The uploads API does not answer.',
    tryAgain: 'Try again',
    history: 'History',
    historyEmpty: 'Nothing yet. What you upload is kept here, with the application’s answer.',
    historyLoading: 'Reading the history',
    historyFailed: 'The history could not be read.',
    showOlder: 'Show older',
    status: {
      granted: 'Not confirmed',
      settled: 'Done',
      failed: 'Failed',
      aborted: 'Cancelled',
      expired: 'Never arrived',
    },
    answer: 'Answer',
    open: 'Open',
    confirm: 'Confirm',
    confirmPending: 'The application needs a moment longer.',
    remove: 'Delete',
    removeForGood: 'Delete from the bucket',
    keep: 'Keep',
  },
  'zh-CN': {
    headline: '放入文件，它会直接送达存储空间，应用的答复随即显示在这里。',
    language: '语言',
    theme: '外观',
    themes: { auto: '自动', light: '浅色', dark: '深色' },
    apiDown: '上传接口没有响应。',
    tryAgain: '重试',
    history: '历史记录',
    historyEmpty: '暂无记录。上传过的文件及应用的答复会保存在这里。',
    historyLoading: '正在读取历史记录',
    historyFailed: '未能读取历史记录。',
    showOlder: '显示更早的记录',
    status: { granted: '未确认', settled: '完成', failed: '失败', aborted: '已取消', expired: '未送达' },
    answer: '答复',
    open: '打开',
    confirm: '确认',
    confirmPending: '应用还需要一点时间。',
    remove: '删除',
    removeForGood: '从存储空间删除',
    keep: '保留',
  },
}
