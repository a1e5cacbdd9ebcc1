import type { Upload } from '@oss-direct/uploader'
import { expect, it, vi } from 'vitest'
import { script, showParts } from './dropzone-stage.fixture.tsx'
import { UploadList } from './upload-list.tsx'
import { UploadRoot } from './upload-root.tsx'

const COUNT = 30
/** In development React renders everything twice. */
const STRICT = 2

it('however often one file tells its progress, its row alone is drawn, once for all that came together', async () => {
  const drawn: string[] = []
  const row = ({ file, phase, ...upload }: Upload) => {
    drawn.push(file.name)
    return 'sentBytes' in upload ? `${file.name}: ${upload.sentBytes}` : `${file.name}: ${phase}`
  }
  showParts(
    <UploadRoot route="demo">
      <UploadList>{row}</UploadList>
    </UploadRoot>,
  )
  const content = new Uint8Array(1000)
  script.uploader.add(
    'demo',
    Array.from({ length: COUNT }, (_, number) => new File([content], `${number}.bin`)),
  )
  const text = () => document.querySelector('.od-list')?.textContent
  await vi.waitFor(() => expect(text()).toContain('4.bin: 0'))

  drawn.length = 0
  for (let sent = 1; sent <= 20; sent += 1) script.forms[2]?.progress(sent / 40)
  await vi.waitFor(() => expect(text()).toContain('2.bin: 1000'))
  expect(drawn).toEqual(Array(STRICT).fill('2.bin'))
})
