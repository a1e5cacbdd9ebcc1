import { holdFiles } from '../stage/desktop.ts'
import { expect, type Scene } from './scene.ts'

const KiB = 1024
const MiB = 1024 ** 2

/** What the route of a state takes, where it is not everything. */
export const RULES = { accept: ['image/*', 'application/pdf'], maxBytes: 20 * MiB }

export interface State {
  /** Whether the route takes `RULES` alone. */
  ruled?: true
  /** Brings an opened page into the state, and leaves it standing there. */
  enter(scene: Scene): Promise<void>
}

/** Everything that the dropzone can look like. */
export const states = {
  idle: { async enter() {} },
  'idle-with-limits': { ruled: true, async enter() {} },
  'drag-accept': { ruled: true, enter: (scene) => hold(scene, ['harbour.png', 'plan.pdf'], 'accept') },
  'drag-reject': { ruled: true, enter: (scene) => hold(scene, ['notes.txt'], 'reject') },
  'drag-unknown': { ruled: true, enter: (scene) => hold(scene, ['harbour.png', 'notes.txt'], 'unknown') },
  'rejected-few': {
    ruled: true,
    async enter(scene) {
      await refuse(scene, { 'notes.txt': 900, 'A film of the harbour, uncut and in colour.mp4': 90 * MiB })
    },
  },
  'rejected-many': {
    ruled: true,
    async enter(scene) {
      const films = Array.from({ length: 4 }, (_, index) => [`scan-${index + 1}.pdf`, (21 + index) * MiB])
      await refuse(scene, { 'notes.txt': 900, 'todo.md': 300, ...Object.fromEntries(films) })
      await scene.page.locator('summary').first().click()
    },
  },
  waiting: {
    async enter(scene) {
      await scene.stage.setAnswer('grant', 'hold')
      const names = [
        'field-notes.md',
        'interview.wav',
        '季度报告.docx',
        'contract.pdf',
        'photos.zip',
        'budget.xlsx',
        'readme',
      ]
      await scene.browse(...(await Promise.all(names.map((name, index) => scene.file(name, (index + 1) * 700 * KiB)))))
      await scene.reach('readme', 'queued')
      await scene.reach('field-notes.md', 'signing')
    },
  },
  sending: {
    async enter(scene) {
      await startSending(scene, { 'interview.wav': 40 * MiB, '现场记录.md': 9 * MiB })
      await scene.sendSteadily([16 * MiB, 4.8 * MiB], 8)
    },
  },
  paused: {
    async enter(scene) {
      await startSending(scene, { 'interview.wav': 40 * MiB, 'photos.zip': 9 * MiB })
      for (const name of ['interview.wav', 'photos.zip']) {
        await scene.row(name).getByRole('button', { name: /Pause/ }).click()
        await scene.reach(name, 'paused')
      }
    },
  },
  'needs-file': {
    async enter(scene) {
      const { page } = scene
      await startSending(scene, { 'interview.wav': 40 * MiB, 'photos.zip': 9 * MiB })
      await page.reload()
      await scene.reach('interview.wav', 'needs-file')
      await scene.reach('photos.zip', 'needs-file')
      const other = await scene.file('holiday.zip', 5 * MiB)
      await scene.row('photos.zip').locator('input[type=file]').setInputFiles(other)
      await scene.until('it is told', () => scene.row('photos.zip').getByText('another file').first().isVisible())
    },
  },
  cancelled: {
    async enter(scene) {
      await startSending(scene, { 'interview.wav': 40 * MiB })
      await scene.row('interview.wav').getByRole('button', { name: 'Cancel' }).click()
      await scene.reach('interview.wav', 'cancelled')
    },
  },
  confirming: {
    async enter(scene) {
      await scene.stage.setHook({ does: 'hold' })
      await scene.browse(await scene.file('quarterly-report.txt', 900))
      await scene.reach('quarterly-report.txt', 'confirming')
    },
  },
  done: {
    async enter(scene) {
      await scene.browse(await scene.picture('harbour at dusk.png'), await scene.file('季度报告.txt', 900))
      await scene.reach('harbour at dusk.png', 'done')
      await scene.reach('季度报告.txt', 'done')
      await showThumbnails(scene, 1)
    },
  },
  unconfirmed: {
    async enter(scene) {
      await leaveUnconfirmed(scene)
    },
  },
  failed: { enter: fail },
  offline: {
    async enter(scene) {
      await scene.page.context().setOffline(true)
      await scene.browse(await scene.file('interview.wav', 40 * MiB), await scene.file('photos.zip', 9 * MiB))
      await scene.reach('photos.zip', 'queued')
    },
  },
  digest: {
    async enter(scene) {
      const names = ['plan.txt', 'notes.md', 'budget.xlsx', '季度报告.docx', 'readme']
      await scene.stage.setHook({ does: 'hold' })
      const files = names.map((name, index) => scene.file(name, (index + 1) * 1200))
      await scene.browse(await scene.picture('harbour at dusk.png'), ...(await Promise.all(files)))
      for (const name of names.slice(0, 4)) await scene.reach(name, 'confirming')
      await scene.pass(3000)
      await scene.stage.setHook({ does: 'answer' })
      for (const name of names) await scene.reach(name, 'done')
      await showThumbnails(scene, 1)
    },
  },
  'digest-of-trouble': {
    async enter(scene) {
      await fail(scene)
      await leaveUnconfirmed(scene)
      await scene.stage.setHook({ does: 'hold' })
      await scene.browse(await scene.file('notes.txt', 1200))
      await scene.reach('notes.txt', 'confirming')
      await scene.pass(3000)
      await scene.stage.setHook({ does: 'answer' })
      await scene.reach('notes.txt', 'done')
    },
  },
  mixed: {
    async enter(scene) {
      await scene.browse(await scene.picture('harbour at dusk.png'))
      await scene.reach('harbour at dusk.png', 'done')
      await showThumbnails(scene, 1)
      await fail(scene)
      await leaveUnconfirmed(scene)
      await startSending(scene, { 'interview.wav': 40 * MiB, '现场记录.md': 9 * MiB })
      await scene.sendSteadily([16 * MiB, 4.8 * MiB], 8)
    },
  },
} satisfies Record<string, State>

async function hold(scene: Scene, names: string[], verdict: string): Promise<void> {
  await holdFiles(scene.page, await Promise.all(names.map((name) => scene.file(name, 900))))
  await expect(scene.page.locator('[data-dropzone]')).toHaveAttribute('data-verdict', verdict)
}

async function refuse(scene: Scene, files: Record<string, number>): Promise<void> {
  await scene.browse(...(await make(scene, files)))
  await scene.until('they are refused', () => scene.page.locator('.od-notice').isVisible())
}

/** All of them under way, and no byte of them told. */
async function startSending(scene: Scene, files: Record<string, number>): Promise<void> {
  await scene.narrowLine(50 * KiB)
  await scene.holdBytes()
  for (const [name, size] of Object.entries(files)) {
    await scene.browse(await scene.file(name, size))
    await scene.reach(name, 'sending')
  }
}

async function fail(scene: Scene): Promise<void> {
  await scene.stage.setFault({ name: 'error', status: 403, code: 'AccessDenied', operation: 'PostObject', count: 1 })
  await scene.browse(await scene.file('contract.docx', 12_400))
  await scene.reach('contract.docx', 'failed')
}

async function leaveUnconfirmed(scene: Scene): Promise<void> {
  await scene.stage.setHook({ does: 'throw' })
  await scene.browse(await scene.file('invoice-2026-11.pdf', 48_100))
  await scene.reach('invoice-2026-11.pdf', 'unconfirmed', 200)
  // It asks again after 15 s, and its row looks at the clock once a second.
  await scene.until('a second is over', () => scene.page.getByText(/in 14s/).isVisible(), 20)
}

async function showThumbnails(scene: Scene, count: number): Promise<void> {
  await scene.until(
    'thumbnails are there',
    async () => (await scene.page.locator('.od-picture:not([hidden])').count()) === count,
  )
}

function make(scene: Scene, files: Record<string, number>): Promise<string[]> {
  return Promise.all(Object.entries(files).map(([name, size]) => scene.file(name, size)))
}
