import type { Locale } from '../texts.ts'
import type { FaultName, FaultParameter } from './fault-kinds.ts'

export interface FaultTexts {
  title: string
  intro: string
  inForce: string
  none: string
  allOff: string
  allAreOff: string
  isOn(name: string): string
  isOff(name: string): string
  once: string
  onceMore(count: number): string
  untilOff: string
  expect: string
  notLocal: string
  notLocalHint: string
  failed: string
  unreachable: string
  consoleBefore: string
  console: string
  names: Record<FaultName, string>
  /** What happens, then what to expect to see. */
  sentences: Record<FaultName, { happens: string; expect: string }>
  parameters: Record<FaultParameter['name'], string>
}

export const faultTexts: Record<Locale, FaultTexts> = {
  en: {
    title: 'Faults of the local OSS',
    intro: 'Switch one on, drop a file, and see what becomes of it. Each says what to expect.',
    inForce: 'In force',
    none: 'None: the local OSS behaves.',
    allOff: 'Switch all off',
    allAreOff: 'All faults are off',
    isOn: (name) => `${name} is on`,
    isOff: (name) => `${name} is off`,
    once: 'Only once',
    onceMore: (count) => (count === 1 ? 'once more' : `${count} times more`),
    untilOff: 'until switched off',
    expect: 'Expect:',
    notLocal: 'This server works with a real bucket',
    notLocalHint: 'Its faults are its own. Start the server without OSS variables, and the local OSS is used.',
    failed: 'That did not work.',
    unreachable: 'The faults could not be read.',
    consoleBefore: 'Faults for one bucket, key or operation alone are set in the ',
    console: 'console of the local OSS',
    names: {
      slow: 'Slow line',
      drop: 'Connection cut',
      error: 'OSS refuses',
      'lose-answer': 'Answer lost',
      'callback-lost': 'Callback lost',
      'callback-slow': 'Callback slow',
      clock: 'Clock off',
    },
    sentences: {
      slow: {
        happens: 'OSS reads every upload this slowly.',
        expect: 'the bar crawls with a truthful speed and time left; pause, resume and cancel work.',
      },
      drop: {
        happens: 'The connection breaks in the middle of the file.',
        expect: 'nothing is stored; the row waits and sends again, up to four times, then says that it failed.',
      },
      error: {
        happens: 'OSS answers with this error and stores nothing.',
        expect: 'a 5xx is tried again by itself; 403 fails at once, with OSS’s own code and request id.',
      },
      'lose-answer': {
        happens: 'The file is stored and the application called; then the connection breaks.',
        expect: 'the row confirms with the server and ends done. Not one byte goes twice.',
      },
      'callback-lost': {
        happens: 'The file is stored, and the application never hears of it. OSS answers 203.',
        expect: 'never “done” before the application answered: the row confirms, and then it is.',
      },
      'callback-slow': {
        happens: 'OSS calls the application this much later.',
        expect: 'the row says “all bytes sent, waiting”, until the answer is there.',
      },
      clock: {
        happens: 'OSS’s clock is this far ahead, or with a negative number behind.',
        expect: 'the server learns OSS’s clock from its own calls and signs by it; uploads go on working.',
      },
    },
    parameters: {
      bytesPerSecond: 'KiB a second',
      afterBytes: 'After KiB',
      status: 'HTTP status',
      code: 'OSS code',
      delayMs: 'Seconds',
      offsetMs: 'Minutes ahead',
    },
  },
  'zh-CN': {
    title: '本地 OSS 的故障',
    intro: '打开一项，放入文件，看看结果如何。每一项都写明应当看到什么。',
    inForce: '正在生效',
    none: '没有：本地 OSS 一切正常。',
    allOff: '全部关闭',
    allAreOff: '所有故障已关闭',
    isOn: (name) => `已打开：${name}`,
    isOff: (name) => `已关闭：${name}`,
    once: '仅一次',
    onceMore: (count) => `还会发生 ${count} 次`,
    untilOff: '直到关闭',
    expect: '应看到：',
    notLocal: '此服务器使用真实的存储空间',
    notLocalHint: '真实的存储空间没有故障开关。不设置 OSS 变量启动服务器，即使用本地 OSS。',
    failed: '操作未成功。',
    unreachable: '未能读取故障。',
    consoleBefore: '若只针对某个存储空间、对象或操作，请使用',
    console: '本地 OSS 的控制台',
    names: {
      slow: '线路缓慢',
      drop: '连接中断',
      error: 'OSS 拒绝',
      'lose-answer': '应答丢失',
      'callback-lost': '回调丢失',
      'callback-slow': '回调缓慢',
      clock: '时钟偏差',
    },
    sentences: {
      slow: {
        happens: 'OSS 以此速度读取每次上传。',
        expect: '进度缓慢，但速度和剩余时间真实；可以暂停、继续和取消。',
      },
      drop: {
        happens: '文件传到一半时连接断开。',
        expect: '不保存任何内容；等待后重新发送，最多四次，之后显示失败。',
      },
      error: {
        happens: 'OSS 返回此错误，不保存任何内容。',
        expect: '5xx 会自动重试；403 立即失败，并显示 OSS 的错误码和请求 ID。',
      },
      'lose-answer': {
        happens: '文件已保存，应用已收到回调，随后连接断开。',
        expect: '向服务器确认后显示完成，数据不会重复发送。',
      },
      'callback-lost': {
        happens: '文件已保存，但应用从未得知；OSS 返回 203。',
        expect: '应用答复之前绝不显示“完成”：先确认，然后才完成。',
      },
      'callback-slow': {
        happens: 'OSS 推迟这么久才调用应用。',
        expect: '显示“数据已全部发出，正在等待”，直到答复到来。',
      },
      clock: {
        happens: 'OSS 的时钟提前这么多；负数为落后。',
        expect: '服务器从自己的调用中得知 OSS 的时间并据此签名，上传照常进行。',
      },
    },
    parameters: {
      bytesPerSecond: '每秒 KiB',
      afterBytes: '多少 KiB 之后',
      status: 'HTTP 状态码',
      code: 'OSS 错误码',
      delayMs: '秒',
      offsetMs: '提前的分钟数',
    },
  },
}
