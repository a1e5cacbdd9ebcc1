import type { BrowserContext, Locator, Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage } from '../stage/stage.ts'
import type { Files, SentFile } from './files.ts'
import type { Transport } from './table.ts'
import { type Sight, watchRows } from './watch.ts'

/** One cell on its stage: a person, a page, a file, and what happens to them. */
export interface Trial {
  transport: Transport
  stage: Stage
  files: Files
  file: SentFile
  /** What carries the bytes: the scope of faults that meet them. */
  operation: 'PostObject' | 'UploadPart'
  /** Of the largest request that carries bytes of the file. */
  bodyBytes: number
  /** Requests that carry it when nothing goes wrong. */
  requests: number
  /** Everything that rows have shown so far. */
  sights: readonly WatchedSight[]
  /** Requests with a body that pages have made of OSS, for whatever file. */
  asked(): number
  /** Parts that a page sent although OSS had answered a page that it has them; each as `<upload>#<part>`. */
  needlessParts(): readonly string[]
  /** How long a browser that is offline stays so. */
  offlineMs: number
  /** The person's page; another one after the browser was started again. */
  page(): Page
  row(): Locator
  /** Opens the reference app in this browser, and watches it from the first moment. */
  enter(context: BrowserContext, page: Page): Promise<void>
  /** Hands the file over. */
  choose(): Promise<void>
  /** The same, in one move with as many others in front of it as are sent at once. */
  chooseBehindOthers(): Promise<void>
  /** Gives the row the file that it asks for. @default the same file */
  chooseAgain(path?: string): Promise<void>
  untilShown(phase: string): Promise<void>
  press(button: string): Promise<void>
  /** What is to be cleared away when all is judged, the last first. */
  onEnd(clear: () => Promise<void>): void
  end(): Promise<void>
}

/** `answered`: the runs of `onUploaded` that had ended by then, each behind its upload's id. */
interface WatchedSight extends Sight {
  answered: readonly string[]
}

export interface TrialOptions {
  stage: Stage
  files: Files
  transport: Transport
  /** As the server cuts files. */
  partBytes: number
  offlineMs: number
}

export function createTrial({ stage, files, transport, partBytes, offlineMs }: TrialOptions): Trial {
  const file = files[transport]
  const bodyBytes = transport === 'form' ? file.bytes : partBytes
  const sights: WatchedSight[] = []
  const endings: (() => Promise<void>)[] = []
  let current: Page | undefined
  let asked = 0
  const answeredParts = new Set<string>()
  const needlessParts: string[] = []
  const page = () => {
    if (current === undefined) throw new Error('nobody has opened the page yet')
    return current
  }
  const hand = (paths: string[]) => page().locator('input[type=file]').first().setInputFiles(paths)
  const row = () => uploadRow(page(), file.name)
  return {
    transport,
    stage,
    files,
    file,
    operation: transport === 'form' ? 'PostObject' : 'UploadPart',
    bodyBytes,
    requests: Math.ceil(file.bytes / bodyBytes),
    sights,
    asked: () => asked,
    needlessParts: () => needlessParts,
    offlineMs,
    page,
    row,
    async enter(context, opened) {
      current = opened
      // The page asks before it is left with work in flight; this person leaves.
      opened.on('dialog', (dialog) => void dialog.accept())
      context.on('request', (request) => {
        if (!request.url().startsWith(stage.ossOrigin) || !/^(POST|PUT)$/.test(request.method())) return
        asked += 1
        const part = partOf(request.url())
        if (answeredParts.has(part)) needlessParts.push(part)
      })
      context.on('response', (response) => {
        const part = partOf(response.url())
        if (response.request().method() === 'PUT' && response.status() === 200) answeredParts.add(part)
      })
      await watchRows(context, (sight) => sights.push({ ...sight, answered: stage.signals('hook ended') }))
      await openPage(opened, stage)
    },
    choose: () => hand([file.path]),
    chooseBehindOthers: () => hand([...files.others, file.path]),
    async chooseAgain(path = file.path) {
      const choosing = page().waitForEvent('filechooser')
      await row().getByRole('button', { name: 'Choose file' }).click()
      await (await choosing).setFiles(path)
    },
    // Long enough for every try that the uploader makes, and a claim of a dead server to end.
    untilShown: (phase) => expect(row()).toHaveAttribute('data-phase', phase, { timeout: 120_000 }),
    onEnd: (clear) => void endings.push(clear),
    async end() {
      for (const clear of endings.toReversed()) await clear()
    },
    press: (button) => row().getByRole('button', { name: button }).click(),
  }
}

/** A form has none, and is answered as a POST. */
function partOf(url: string): string {
  const query = new URL(url).searchParams
  return `${query.get('uploadId')}#${query.get('partNumber')}`
}
