import { UploadError } from '@oss-direct/shared'
import type { Upload, UploadPhase } from '@oss-direct/uploader'
import { describe, expect, it } from 'vitest'
import { type Announcement, announce, NOTHING_TOLD } from './announcements.ts'
import { resolveLanguage } from './language.tsx'
import { uploadIn } from './upload.fixture.ts'

const english = resolveLanguage('en')

describe('what a screen reader is told', () => {
  it('follows one file from start to end, each thing once', () => {
    const heard = tell([
      [uploadIn('queued')],
      [uploadIn('sending')],
      [uploadIn('sending')],
      [uploadIn('confirming')],
      [uploadIn('confirming')],
      [uploadIn('done')],
      [uploadIn('done')],
    ])
    expect(heard.map(({ polite }) => polite)).toEqual([
      ['1 file added'],
      ['Sending cat.png', '50% sent'],
      [],
      ['All bytes sent. Waiting for OSS and the application'],
      [],
      ['cat.png uploaded'],
      [],
    ])
    expect(heard.flatMap(({ assertive }) => assertive)).toEqual([])
  })

  it('makes one sentence of many files, and a digest at the end', () => {
    const [added, ended] = tell([many(['queued', 'queued', 'queued']), many(['done', 'done', 'failed'])])
    expect(added?.polite).toEqual(['3 files added'])
    expect(ended?.polite).toEqual(['2 files uploaded', '2 done, 1 failed'])
    expect(ended?.assertive).toEqual(['f2.png failed. The connection failed'])
  })

  it.each([
    ['rejected', '1 file not added. The file is too large'],
    ['unconfirmed', 'cat.png: in OSS, but the application has not answered'],
    ['failed', 'cat.png failed. The file is too large'],
  ] as const)('interrupts for what is %s', (phase, sentence) => {
    const [heard] = tell([[uploadIn(phase, { code: 'file-too-large' })]])
    expect(heard?.assertive).toEqual([sentence])
  })

  it('tells of what was left unfinished, and of each wrong file that is given for it', () => {
    const waiting = { ...uploadIn('needs-file'), phase: 'needs-file', access: 'choose', sentBytes: 0 } as const
    const wrong = (message: string) => [{ ...waiting, error: new UploadError('file-changed', message) }]
    const heard = tell([[waiting], [waiting], wrong('longer'), wrong('longer'), wrong('shorter'), [uploadIn('queued')]])
    expect(heard.map(({ polite }) => polite)).toEqual([
      ['cat.png was left unfinished. Give its file again to go on'],
      [],
      [],
      [],
      [],
      [],
    ])
    const refusal = 'cat.png failed. This is another file'
    expect(heard.map(({ assertive }) => assertive)).toEqual([[], [], [refusal], [], [refusal], []])
  })

  it('says nothing of an upload that was removed', () => {
    const [, removed] = tell([[uploadIn('done')], []])
    expect(removed).toMatchObject({ polite: [], assertive: [] })
  })
})

function tell(snapshots: Upload[][]): Announcement[] {
  let told = NOTHING_TOLD
  return snapshots.map((uploads) => {
    const announcement = announce(told, uploads, english)
    told = announcement.told
    return announcement
  })
}

function many(phases: UploadPhase[]): Upload[] {
  return phases.map((phase, index) => uploadIn(phase, { id: `u${index}`, name: `f${index}.png` }))
}
