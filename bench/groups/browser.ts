import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchGroup } from '../bench-group.ts'
import { type BenchRow, benchRow } from '../bench-row.ts'
import { type BrowserStage, type Receiver, type Sent, startBrowserStage } from '../browser-stage.ts'
import type { Chart } from '../chart.ts'
import { runInTurns, type Turn } from '../in-turns.ts'
import { versionOf } from '../rival-version.ts'
import { type Kind, makeSampleFiles, type SampleFiles } from '../sample-files.ts'

const COUNT = 2000
/** For slow rivals, and for those against whom only the page's work can be compared. */
const FEW = 300
const FEWEST = 30
/** One of FilePond's takes half a second, however many there are. */
const HANDFUL = 10
/** For lists of pictures. */
const HALF = 1000
/** What a chart ends with. */
const MOST = 10_000
const GiB = 1024 ** 3
const ROUNDS = 3
/** Where a few hundredths decide. */
const ROUNDS_OF_FLOOR = 7
/** Of a file of 1 GiB the rounds lie furthest apart. */
const ROUNDS_OF_LARGE = 11

/** Beside one of our two: to whom they send, how many files there is time for, and what must be reached. */
interface Rival {
  contender: string
  name: string
  ours: 'ours' | 'ours-list'
  to: Receiver
  /** @default files */
  kind?: Kind
  count: number
  /** @default ROUNDS */
  rounds?: number
  /** Of files a second. */
  target?: number
  note?: string
}

const IDEAL = 'floor: raw XHR, forms granted beforehand'
const UPPY = `Uppy ${versionOf('@uppy/core')}`
const OSS_BOUND = 'OSS, server and browser share two cores, and the page waits for the other two most of the time'
const BARE = 'the floor shows no pictures'
const SMALL_PICTURES =
  'JPEG of 1280 × 960; both make small pictures only of those whose rows are in the page: ours 80 px of 14 in a worker, the Dashboard its default of 280 px of 64 on the main thread'
const ideal = { contender: 'ideal', name: IDEAL }
const uppyCore = { contender: 'uppy-core', name: `${UPPY} core + xhr-upload` }
const uppyS3 = {
  contender: 'uppy-s3',
  name: `${UPPY} core + aws-s3`,
  note: "aws-s3 sends forms here, as it does where it is told to send no parts; it reads an answer's headers, and not what the application says",
}
const uppyDashboard = { contender: 'uppy-dashboard', name: `${UPPY} Dashboard + xhr-upload` }
const betterUpload = {
  contender: 'better-upload',
  name: `better-upload ${versionOf('@better-upload/client')}`,
  note: 'better-upload sends presigned PUTs, each with a preflight of its own, five by five, and does not read what the application answers',
}
const antd = {
  contender: 'antd',
  name: `antd ${versionOf('antd')} Upload`,
  note: 'antd begins with all files at once, and each asks for its own form; of 300 React ends it: "Maximum update depth exceeded"',
}
const filePond = {
  contender: 'filepond',
  name: `FilePond ${versionOf('filepond')}`,
  note: 'FilePond shows each file as being sent for a while, however fast it was, and only then begins with the next',
}
const RIVALS: readonly Rival[] = [
  // One after the other: what the machine does besides changes more in a minute than these three differ.
  { ...ideal, ours: 'ours', to: 'real', count: COUNT, rounds: ROUNDS_OF_FLOOR, target: 0.92 },
  { ...ideal, ours: 'ours-list', to: 'real', count: COUNT, rounds: ROUNDS_OF_FLOOR, target: 0.85 },
  { ...uppyCore, ours: 'ours', to: 'real', count: FEW, note: OSS_BOUND },
  { ...uppyS3, ours: 'ours', to: 'real', count: FEW },
  { ...betterUpload, ours: 'ours', to: 'real', count: FEW },
  { ...uppyDashboard, ours: 'ours-list', to: 'real', count: FEW, note: OSS_BOUND },
  { ...antd, ours: 'ours-list', to: 'real', count: FEWEST, target: 1 },
  { ...filePond, ours: 'ours-list', to: 'real', count: HANDFUL, target: 1 },
  { ...ideal, ours: 'ours', to: 'quick', count: COUNT },
  { ...uppyCore, ours: 'ours', to: 'quick', count: COUNT, target: 1.5 },
  { ...uppyS3, ours: 'ours', to: 'quick', count: COUNT, target: 1 },
  { ...betterUpload, ours: 'ours', to: 'quick', count: COUNT, target: 1 },
  { ...ideal, ours: 'ours-list', to: 'quick', count: COUNT },
  { ...uppyDashboard, ours: 'ours-list', to: 'quick', count: COUNT, target: 8 },
  { ...ideal, ours: 'ours-list', to: 'quick', kind: 'pictures', count: HALF, note: BARE },
  { ...uppyDashboard, ours: 'ours-list', to: 'quick', kind: 'pictures', count: HALF, note: SMALL_PICTURES },
]

export const group: BenchGroup = {
  about: [
    'Real Chromium. Every file is granted by our server, sent as a form to a local OSS and answered by the application through its callback, all on one machine; a run counts only where the application was told of every file.',
    '"Quick" stands for the same with a stand-in for OSS and server that stores and checks nothing: there the page itself is what is slow.',
  ].join(' '),
  async measure() {
    const stage = await startBrowserStage()
    try {
      const files = await makeSampleFiles(stage, COUNT, MOST)
      // Servers and compilers are warm before anything is measured.
      for (const to of ['real', 'quick'] as const) await stage.send('ideal', files('files', FEW), to)
      const many = await sendMany(stage, files)
      const large = await sendLarge(stage)
      const charts = await drawGrowth(stage, files)
      return { rows: [large, ...many], charts }
    } finally {
      await stage.stop()
    }
  },
}

async function sendMany(stage: BrowserStage, files: SampleFiles): Promise<BenchRow[]> {
  const sent = new Map<string, Sent[]>()
  const turnOf = ({ contender, to, kind = 'files', count, rounds = ROUNDS }: Rival): Turn => {
    const name = [contender, to, kind, count].join()
    const run = async () => {
      const made = await stage.send(contender, files(kind, count), to)
      sent.set(name, [...(sent.get(name) ?? []), made])
      return made.seconds
    }
    return { name, rounds, run }
  }
  const turns = RIVALS.flatMap((rival) => [turnOf({ ...rival, contender: rival.ours }), turnOf(rival)])
  await runInTurns(ROUNDS_OF_FLOOR, [...new Map(turns.map((turn) => [turn.name, turn])).values()])

  return RIVALS.flatMap(({ contender, name: rival, ours, to, kind = 'files', count, target, note }) => {
    const [own = [], theirs = []] = [ours, contender].map((each) => sent.get([each, to, kind, count].join()))
    const place = `${ours === 'ours' ? 'no list' : 'list on screen'}${to === 'quick' ? ', quick' : ''}`
    const what = `${count.toLocaleString('en')} ${kind === 'files' ? '' : `${kind} `}× 50 KB, ${place}`
    const rows = { rival, ...(note !== undefined && { note }) }
    const speed = (all: readonly Sent[]) => all.map(({ seconds }) => count / seconds)
    const busy = (all: readonly Sent[]) => all.map(({ busyMs }) => busyMs)
    return [
      benchRow('browser', {
        ...rows,
        name: what,
        unit: 'files/s',
        ours: speed(own),
        theirs: speed(theirs),
        ...(target !== undefined && { target }),
      }),
      benchRow('browser', {
        ...rows,
        name: `${what}: main thread at work, a file`,
        unit: 'ms',
        ours: busy(own),
        theirs: busy(theirs),
      }),
    ]
  })
}

/** Zeros, which cost no room on a disk; both send it as one form. */
async function sendLarge(stage: BrowserStage): Promise<BenchRow> {
  const path = join(stage.folder, 'large.bin')
  const handle = await open(path, 'w')
  await handle.truncate(GiB)
  await handle.close()
  const speed = (contender: string) => async () => {
    const { seconds } = await stage.send(contender, { paths: [path], bytes: GiB }, 'real')
    return GiB / 1024 ** 2 / seconds
  }
  const figures = await runInTurns(ROUNDS_OF_LARGE, [
    { name: 'ours', run: speed('ours') },
    { name: 'ideal', run: speed('ideal') },
  ])
  return benchRow('browser', {
    name: 'one file of 1 GiB as a form',
    rival: IDEAL,
    unit: 'MiB/s',
    ours: figures.get('ours') ?? [],
    theirs: figures.get('ideal') ?? [],
    target: 0.95,
  })
}

/** Each once, the Dashboard for as many as half a minute is enough for. */
async function drawGrowth(stage: BrowserStage, files: SampleFiles): Promise<Chart[]> {
  const lines = [
    { name: 'oss-direct', contender: 'ours-list', counts: [10, 100, HALF, MOST] },
    { name: 'floor: raw XHR', contender: 'ideal', counts: [10, 100, HALF, MOST] },
    { name: 'Uppy Dashboard', contender: 'uppy-dashboard', counts: [10, 100, HALF, COUNT] },
  ]
  const sent = new Map<string, (Sent & { count: number })[]>()
  for (const { name, contender, counts } of lines) {
    const all = []
    for (const count of counts) all.push({ count, ...(await stage.send(contender, files('files', count), 'quick')) })
    sent.set(name, all)
  }
  const linesOf = (figure: (sent: Sent & { count: number }) => number) =>
    lines.map(({ name }) => ({ name, points: (sent.get(name) ?? []).map((one) => [one.count, figure(one)] as const) }))
  const x = 'files in one drop'
  return [
    {
      name: 'browser-growth',
      title: 'What each file costs the page, list on screen',
      x,
      y: 'ms of the main thread for each file',
      lines: linesOf(({ busyMs }) => busyMs),
    },
    {
      name: 'browser-speed',
      title: 'How fast they go, list on screen',
      x,
      y: 'files a second',
      lines: linesOf(({ count, seconds }) => count / seconds),
    },
  ]
}
