import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { addDoctor } from './bucket/doctor.ts'
import { addSetup } from './bucket/setup.ts'
import { Exit } from './exit.ts'
import { addKeys } from './keys.ts'

/** What a command reads and writes, besides its arguments. */
export interface Outputs {
  environment: Readonly<Record<string, string | undefined>>
  write(text: string): void
  complain(text: string): void
}

/** Did what it was told. */
const DONE = 0
/** Could not. */
const FAILED = 1
/** Did not understand: an unknown option, a missing value. */
const MISUSED = 2

/** Runs `oss-direct` with these arguments. Resolves with its exit code; what went wrong is written. */
export async function runCommand(args: readonly string[], outputs: Outputs): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const program = new Command('oss-direct')
    .description('Runs what stands beside an oss-direct server')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: outputs.write, writeErr: outputs.complain })
  addKeys(program, outputs)
  addDoctor(program, outputs)
  addSetup(program, outputs)
  try {
    await program.parseAsync(args, { from: 'user' })
    return DONE
  } catch (error) {
    // Its own words are written already; help and version were asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : MISUSED
    if (error instanceof Exit) {
      if (error.message !== '') outputs.complain(`${error.message}\n`)
      return error.code
    }
    outputs.complain(`${error instanceof Error ? error.message : String(error)}\n`)
    return FAILED
  }
}
