import type { BenchRow } from './bench-row.ts'

/** What the READMEs tell of all rows: what was measured, against what. */
interface Headline extends Pick<BenchRow, 'group' | 'name'> {
  /** How the rival's name begins; a package's version comes behind it. */
  rival: string
  en: readonly [what: string, against: string]
  zh: readonly [what: string, against: string]
}

const HEADS = {
  en: ['what', 'against', 'ours ÷ theirs'],
  zh: ['什么', '对比', '我们 ÷ 对方'],
} as const

export type ReadmeLanguage = keyof typeof HEADS

const WEIGHT = {
  group: 'size',
  name: 'dropzone, list and looks, before it takes files',
  en: 'lightness: dropzone, list and looks, before they take files',
  zh: '体积：上传区、列表和外观，接收文件之前',
} as const

const HEADLINES: readonly Headline[] = [
  {
    group: 'browser',
    name: '2,000 × 50 KB, list on screen',
    rival: 'floor',
    en: ['2,000 files of 50 KB in Chromium, with the list', 'the floor: raw XHR, forms granted beforehand'],
    zh: ['在 Chromium 里上传 2,000 个 50 KB 的文件，带列表', '下限：原生 XHR，表单事先已签发'],
  },
  {
    group: 'browser',
    name: '2,000 × 50 KB, no list',
    rival: 'floor',
    en: ['the same without a list', 'the floor'],
    zh: ['同上，不带列表', '下限'],
  },
  {
    group: 'browser',
    name: 'one file of 1 GiB as a form',
    rival: 'floor',
    en: ['one file of 1 GiB as a form', 'the floor: raw XHR of the same form'],
    zh: ['一个 1 GiB 的文件，表单上传', '下限：原生 XHR，同一表单'],
  },
  {
    group: 'browser',
    name: '2,000 × 50 KB, list on screen, quick',
    rival: 'Uppy',
    en: ['2,000 files, with the list, where only the page is slow', 'Uppy Dashboard'],
    zh: ['2,000 个文件，带列表，只有页面是瓶颈', 'Uppy Dashboard'],
  },
  {
    group: 'browser',
    name: '30 × 50 KB, list on screen',
    rival: 'antd',
    en: ['30 files, with the list', 'antd Upload'],
    zh: ['30 个文件，带列表', 'antd Upload'],
  },
  {
    group: 'browser',
    name: '10 × 50 KB, list on screen',
    rival: 'FilePond',
    en: ['10 files, with the list', 'FilePond'],
    zh: ['10 个文件，带列表', 'FilePond'],
  },
  {
    group: 'browser',
    name: '2,000 × 50 KB, no list, quick',
    rival: 'Uppy',
    en: ['2,000 files without a list, where only the page is slow', 'Uppy’s core'],
    zh: ['2,000 个文件，不带列表，只有页面是瓶颈', 'Uppy 核心'],
  },
  {
    group: 'browser',
    name: '2,000 × 50 KB, no list, quick',
    rival: 'better-upload',
    en: ['the same', 'better-upload'],
    zh: ['同上', 'better-upload'],
  },
  {
    ...WEIGHT,
    rival: 'UploadThing',
    en: [WEIGHT.en, 'UploadThing, which has no list'],
    zh: [WEIGHT.zh, 'UploadThing，没有列表'],
  },
  { ...WEIGHT, rival: 'FilePond', en: ['the same', 'FilePond'], zh: ['同上', 'FilePond'] },
  { ...WEIGHT, rival: 'Uppy', en: ['the same', 'Uppy Dashboard'], zh: ['同上', 'Uppy Dashboard'] },
  { ...WEIGHT, rival: 'antd', en: ['the same', 'antd Upload'], zh: ['同上', 'antd Upload'] },
  {
    group: 'sign',
    name: 'one V4 form grant',
    rival: 'floor',
    en: ['signing one V4 form grant', 'the floor: JSON, Base64 and one HMAC of the same policy'],
    zh: ['签发一份 V4 表单许可', '下限：同一 policy 的 JSON、Base64 和一次 HMAC'],
  },
  {
    group: 'sign',
    name: 'one V4 form grant',
    rival: 'ali-oss',
    en: ['the same', '`ali-oss` `signPostObjectPolicyV4`'],
    zh: ['同上', '`ali-oss` 的 `signPostObjectPolicyV4`'],
  },
  {
    group: 'sign',
    name: 'one V4 form grant',
    rival: '@aws-sdk/s3-presigned-post',
    en: ['the same', 'AWS `createPresignedPost`, same conditions'],
    zh: ['同上', 'AWS 的 `createPresignedPost`，条件相同'],
  },
  {
    group: 'grant',
    name: 'one file a request',
    rival: 'floor',
    en: ['`POST /uploads`, durable SQLite', 'the floor: bare Express, a commit each'],
    zh: ['`POST /uploads`，持久化的 SQLite', '下限：裸 Express，每次一个提交'],
  },
  {
    group: 'callback',
    name: 'verify and settle, the bucket not asked',
    rival: 'floor',
    en: ['a callback verified and settled', 'the floor: bare Express, one RSA verification, two commits'],
    zh: ['验证并结算一个回调', '下限：裸 Express，一次 RSA 验证，两个提交'],
  },
  {
    group: 'list',
    name: 'a page among 1,000,000 records',
    rival: 'the same',
    en: ['a page of the list among 1,000,000 records', 'among 1,000'],
    zh: ['1,000,000 条记录中的一页列表', '1,000 条记录'],
  },
  {
    group: 'emulator',
    name: 'PostObject of 1 GiB',
    rival: 'floor',
    en: ['1 GiB into the local OSS', 'the floor: the body to a file, MD5, CRC64, fsync'],
    zh: ['1 GiB 写入本地 OSS', '下限：请求体写入文件，MD5、CRC64、fsync'],
  },
]

/** A table in Markdown, not laid out yet. Throws where a row is not among them: one that was renamed. */
export function headlineTable(rows: readonly BenchRow[], language: ReadmeLanguage): string[] {
  return [
    `| ${HEADS[language].join(' | ')} |`,
    '|---|---|---|',
    ...HEADLINES.map((headline) => {
      const { group, name, rival } = headline
      const row = rows.find((each) => each.group === group && each.name === name && each.rival.startsWith(rival))
      if (!row) throw new Error(`No row of the bench is called ${group}, ${name}, ${rival}`)
      return `| ${headline[language].join(' | ')} | ${row.ratio.toFixed(2)} |`
    }),
  ]
}
