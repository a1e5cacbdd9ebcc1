import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../scripts/free-port.ts'
import { type Program, startProgram } from './program.ts'

/** Our server in a process of its own, as it is deployed: its log goes to a file, its records to a durable database. */
export interface UploadsServer extends Program {
  /** Cookies of so many visitors, since each has limits of his own. */
  visitors(count: number): Promise<string[]>
}

export interface UploadsServerOptions {
  /** Where it keeps everything; removed at the end. */
  folder: string
  /** Of the OSS that it works with, on this machine. */
  ossPort: number
  /** As in DATABASE_URL. @default an empty one of SQLite in its folder */
  database?: string
}

export async function startUploadsServer(options: UploadsServerOptions): Promise<UploadsServer> {
  const { folder, ossPort, database = `sqlite:${join(folder, 'uploads.db')}` } = options
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const log = await open(join(folder, 'log'), 'w')
  const program = await startProgram(new URL('./servers/uploads.ts', import.meta.url), {
    environment: {
      PORT: String(port),
      OSS_EMULATOR_PORT: String(ossPort),
      DATABASE_URL: database,
      DATA_DIR: folder,
      KEEP_TRACE: 'false',
    },
    output: log.fd,
  })
  await log.close()
  return {
    ...program,
    // Its own says localhost, which is two addresses.
    origin,
    visitors: (count) => Promise.all(Array.from({ length: count }, () => newVisitor(origin))),
    async stop() {
      await program.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function newVisitor(origin: string): Promise<string> {
  const { headers } = await fetch(`${origin}/uploads/routes`)
  const [cookie = ''] = headers.getSetCookie()
  return cookie.split(';')[0] ?? ''
}
