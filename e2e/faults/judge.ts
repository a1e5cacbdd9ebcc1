import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import type { Locator } from '@playwright/test'
import { expect } from '../stage/stage.ts'
import type { Outcome } from './outcome.ts'
import { type Expected, NOTICED, type Noticed, type SentAgain } from './table.ts'
import type { Trial } from './trial.ts'

interface SettledRecord {
  id: string
  key: string
  status: string
  file: { name: string; size: number }
  object?: { size: number }
  result?: { key: string; run: string }
}

/** Waits for the end that the table names, and looks at everything that may have gone wrong on the way to it. */
export async function judge(trial: Trial, expected: Expected): Promise<Outcome> {
  const { stage, file, sights, row, untilShown } = trial
  const end = expected.shows.at(-1) ?? 'done'
  if (end === 'gone') await expect(row()).toHaveCount(0)
  else await untilShown(end)
  // A wrong clock of OSS would refuse the SDK as well.
  await stage.clearFaults()
  const records = await settledRecords(trial, expected.unheard ?? 0)
  const [record] = records.filter((each) => each.file.name === file.name)
  if (record?.result === undefined) throw new Error('there is no settled record of the file')

  const bytes = await stage.readObject(record.key)
  expect(createHash('sha256').update(bytes).digest('hex'), 'the object is the file').toBe(file.sha256)
  expect(record).toMatchObject({
    file: { size: file.bytes },
    object: { size: file.bytes },
    result: { key: record.key },
  })
  expect((await stage.objectKeys()).toSorted(), 'the bucket holds what is settled, and nothing else').toEqual(
    records.map(({ key }) => key).toSorted(),
  )
  expect(await stage.openUploads()).toEqual([])

  // Of all runs of the hook one gave the answer that is kept, and it is this one that the page shows.
  const { run } = record.result
  if (end === 'done') {
    await openAnswer(row())
    await expect(row()).toContainText(run)
  }
  const runs = stage.signals('hook begun').filter((detail) => detail.startsWith(`${record.id} `))
  expect(stage.signals('hook ended')).toContain(`${record.id} ${run}`)
  if (expected.runs === 1) expect(runs).toHaveLength(1)
  else expect(runs.length).toBeGreaterThan(1)

  for (const { fileName, answered } of sights.filter(({ phase }) => phase === 'done')) {
    const { id } = records.find((each) => each.file.name === fileName) ?? {}
    expect(
      answered.some((detail) => detail.startsWith(`${id} `)),
      `${fileName} was shown done once the application had answered`,
    ).toBe(true)
  }
  const shown = sights.filter(({ fileName }) => fileName === file.name)
  const shows = noticedOf([...shown.map(({ phase }) => phase), ...(end === 'gone' ? [end] : [])])
  expect(shows).toEqual(expected.shows)

  const sentAgain = await countSentAgain(trial, expected.sentAgain)
  return { shows, sentAgain, runs: expected.runs }
}

/**
 * The visitor's own history, once what was given up is forgotten: all settled, and exactly one of the file. `unheard`: so many
 * more of the file, still granted, which are left out.
 */
async function settledRecords({ stage, file, page }: Trial, unheard: number): Promise<readonly SettledRecord[]> {
  const read = async () => {
    const answer = await page().request.get(`${stage.origin}/uploads?limit=100`)
    return ((await answer.json()) as { items: SettledRecord[] }).items
  }
  const one = ['settled', ...Array<string>(unheard).fill('granted')]
  await expect
    .poll(
      async () => (await read()).flatMap((each) => (each.file.name === file.name ? [each.status] : [])).toSorted(),
      {
        message: 'the records of the file',
      },
    )
    .toEqual(one.toSorted())
  const settled = (await read()).filter(({ status }) => status === 'settled')
  expect(await read()).toHaveLength(settled.length + unheard)
  return settled
}

/** Long lists keep their answers closed. */
async function openAnswer(row: Locator): Promise<void> {
  const toggle = row.getByRole('button', { name: 'Show answer', expanded: false })
  if (await toggle.isVisible()) await toggle.click()
}

/** Each thing worth noticing once, however often it was drawn. */
function noticedOf(phases: readonly string[]): readonly Noticed[] {
  const noticed = phases.filter((phase): phase is Noticed => NOTICED.some((each) => each === phase))
  return noticed.filter((phase, index) => phase !== noticed[index - 1])
}

/**
 * By the log of OSS. A repetition that OSS refuses because it has the object is left out: Chromium by itself repeats a
 * request whose reused connection broke, and no page can tell it not to. Where nothing may be sent again, the page's own
 * requests are counted too, since OSS would refuse one of those in the same way.
 */
async function countSentAgain(trial: Trial, allowed: SentAgain): Promise<number> {
  const { stage, file, bodyBytes, requests } = trial
  const received = (await Promise.all([stage.ossRequests('PostObject'), stage.ossRequests('UploadPart')])).flat()
  const accepted = received.filter(({ code }) => code !== 'FileAlreadyExists')
  // By the extension, which a key takes over from its file: whatever was granted for this file, and nothing of others.
  const carried = accepted.filter(({ key = '' }) => extname(key) === extname(file.name))
  const stored = carried.filter(({ status }) => status === 200 || status === 203)
  const storedBytes = sum(stored.map(({ bytesReceived }) => bytesReceived))
  // Of a page that is gone the system's buffers may still hold a whole part, and OSS stores it: nobody hears of that, and it
  // goes again. What a page has heard of does not.
  expect(trial.needlessParts(), 'no part is sent that OSS had said it has').toEqual([])
  if (allowed !== 'parts in flight') {
    expect(storedBytes, 'no byte was stored twice').toBeLessThan(file.bytes + FORM_HEAD_BYTES)
  }

  const most: { [Allowed in SentAgain]: number } = {
    nothing: 0,
    'the form': 2 * (file.bytes + FORM_HEAD_BYTES),
    'parts in flight': 4 * bodyBytes,
  }
  const bytesAgain = sum(carried.map(({ bytesReceived }) => bytesReceived)) - file.bytes
  expect(bytesAgain, `${allowed} may be sent again`).toBeLessThan(most[allowed] + FORM_HEAD_BYTES)
  const times = carried.length - requests
  if (allowed === 'nothing') {
    expect(times, 'nothing is sent again').toBe(0)
    const ofOthers = accepted.length - carried.length
    expect(trial.asked() - ofOthers, 'the page itself has sent it once').toBe(requests)
  }
  return times
}

// The fields of a form in front of its file; a few kilobytes.
const FORM_HEAD_BYTES = 64 * 1024

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
