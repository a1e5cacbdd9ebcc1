import type { RecordStatus } from '@oss-direct/shared'

export const LOCALES = ['en', 'zh-CN'] as const
export type Locale = (typeof LOCALES)[number]

/** What the frame, the upload view and the history say; the dropzone and the other views bring their own texts. */
export interface Texts {
  skip: string
  views: string
  upload: string
  embed: string
  /** `inForce`: how many there are. */
  faults(inForce: number): string
  loading: string
  unknownPage: string
  unknownPageHint: string
  toUpload: string
  language: string
  theme: string
  themes: Record<'auto' | 'light' | 'dark', string>
  look: string
  looks: Record<'plain' | 'paper' | 'signal' | 'mint', string>

  headline: string
  apiDown: string
  tryAgain: string
  dismiss: string

  history: string
  historyEmpty: string
  historyLoading: string
  historyFailed: string
  showOlder: string
  status: Record<RecordStatus, string>
  /** In the bucket, and the application has not taken it yet. */
  unanswered: string
  /** What a status means to whoever waits for it. */
  meaning: Record<Exclude<RecordStatus, 'settled' | 'failed'>, string>
  triedAgain(attempts: number, next: string | undefined): string
  gaveUp(attempts: number): string
  answer: string
  open: string
  confirm: string
  confirmPending: string
  remove: string
  removeForGood: string
  keep: string
  notDeleted(name: string): string
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)

export const texts: Record<Locale, Texts> = {
  en: {
    skip: 'Skip to the content',
    views: 'Views',
    upload: 'Upload',
    embed: 'Embed',
    faults: (inForce) => (inForce === 0 ? 'Faults' : `Faults: ${inForce} in force`),
    loading: 'Loading',
    unknownPage: 'There is no such page',
    unknownPageHint: 'The address may be mistyped, or the page may have moved.',
    toUpload: 'Go to the upload page',
    language: 'Language',
    theme: 'Theme',
    themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
    look: 'Look',
    looks: { plain: 'Plain', paper: 'Paper', signal: 'Signal', mint: 'Mint' },

    headline: 'Drop a file: it goes straight to the bucket, and what the application answers appears here.',
    apiDown: 'The uploads API does not answer.',
    tryAgain: 'Try again',
    dismiss: 'Dismiss',

    history: 'History',
    historyEmpty: 'Nothing yet. What you upload is kept here, with the application’s answer.',
    historyLoading: 'Reading the history',
    historyFailed: 'The history could not be read.',
    showOlder: 'Show older',
    status: {
      granted: 'Granted',
      settled: 'Done',
      failed: 'Failed',
      aborted: 'Cancelled',
      expired: 'Never arrived',
    },
    unanswered: 'Stored, not answered',
    meaning: {
      granted: 'The server permitted this upload, and has not heard yet that the file is in the bucket.',
      aborted: 'It was cancelled before it was complete.',
      expired: 'The permission ended before the file was in the bucket. Should it arrive late, it still counts.',
    },
    triedAgain: (attempts, next) =>
      `The file is in the bucket. The application failed to take it ${times(attempts)}${next === undefined ? '.' : `; the next try is at ${next}.`}`,
    gaveUp: (attempts) =>
      `The file is in the bucket. The application failed to take it ${times(attempts)}, and it is not tried again by itself. Confirm tries once more.`,
    answer: 'Answer',
    open: 'Open',
    confirm: 'Confirm',
    confirmPending: 'The application needs a moment longer.',
    remove: 'Delete',
    removeForGood: 'Delete from the bucket',
    keep: 'Keep',
    notDeleted: (name) => `${name} was not deleted.`,
  },
  'zh-CN': {
    skip: '跳到正文',
    views: '页面',
    upload: '上传',
    embed: '嵌入',
    faults: (inForce) => (inForce === 0 ? '故障' : `故障：${inForce} 项生效`),
    loading: '正在加载',
    unknownPage: '没有这个页面',
    unknownPageHint: '地址可能有误，或页面已移走。',
    toUpload: '前往上传页面',
    language: '语言',
    theme: '外观',
    themes: { auto: '自动', light: '浅色', dark: '深色' },
    look: '风格',
    looks: { plain: '素净', paper: '纸张', signal: '醒目', mint: '薄荷' },

    headline: '放入文件，它会直接送达存储空间，应用的答复随即显示在这里。',
    apiDown: '上传接口没有响应。',
    tryAgain: '重试',
    dismiss: '知道了',

    history: '历史记录',
    historyEmpty: '暂无记录。上传过的文件及应用的答复会保存在这里。',
    historyLoading: '正在读取历史记录',
    historyFailed: '未能读取历史记录。',
    showOlder: '显示更早的记录',
    status: { granted: '已许可', settled: '完成', failed: '失败', aborted: '已取消', expired: '未送达' },
    unanswered: '已存入，未答复',
    meaning: {
      granted: '服务器已许可此次上传，但尚未得知文件进入存储空间。',
      aborted: '在传完之前被取消。',
      expired: '许可到期时文件仍未进入存储空间；若稍后到达，仍然有效。',
    },
    triedAgain: (attempts, next) =>
      `文件已在存储空间中。应用处理失败 ${attempts} 次${next === undefined ? '。' : `，下次尝试时间：${next}。`}`,
    gaveUp: (attempts) => `文件已在存储空间中。应用处理失败 ${attempts} 次，不再自动尝试；点“确认”可再试一次。`,
    answer: '答复',
    open: '打开',
    confirm: '确认',
    confirmPending: '应用还需要一点时间。',
    remove: '删除',
    removeForGood: '从存储空间删除',
    keep: '保留',
    notDeleted: (name) => `${name} 未能删除。`,
  },
}
