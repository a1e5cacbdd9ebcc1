import type { Command } from 'commander'
import type { Outputs } from '../command.ts'
import { Exit } from '../exit.ts'
import { examine } from './examination.ts'
import type { Finding } from './finding.ts'
import { type BucketFlags, readBucketSettings, withBucketOptions } from './settings.ts'

interface DoctorFlags extends BucketFlags {
  prefix: string
}

const SOMETHING_WRONG = 1

/** `oss-direct doctor` */
export function addDoctor(program: Command, { environment, write }: Outputs): void {
  const command = program
    .command('doctor')
    .description('look at a bucket and at the way back to the server, and say what to fix')
    .option('--prefix <text>', 'what the keys of the server begin with', 'demo/')
  withBucketOptions(command).action(async ({ prefix, json, ...flags }: DoctorFlags) => {
    const settings = readBucketSettings(environment, flags)
    const findings: Finding[] = []
    for await (const finding of examine(settings, prefix)) {
      findings.push(finding)
      if (!json) write(formatFinding(finding))
    }
    const counts = countLevels(findings)
    write(json ? `${JSON.stringify({ findings, ...counts }, null, 2)}\n` : `\n${summarise(counts)}\n`)
    if (counts.wrong > 0) throw new Exit(SOMETHING_WRONG)
  })
}

function formatFinding({ level, check, why, fix }: Finding): string {
  return `${level.padEnd(8)} ${check.padEnd(11)} ${fix === undefined ? why : `${sentence(why)} ${fix}`}\n`
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

type Counts = Record<Finding['level'], number>

function countLevels(findings: readonly Finding[]): Counts {
  const counts: Counts = { ok: 0, warning: 0, wrong: 0, skipped: 0 }
  for (const { level } of findings) counts[level] += 1
  return counts
}

function summarise({ ok, warning, wrong, skipped }: Counts): string {
  const verdict =
    wrong > 0 ? 'Uploads will not work like this' : warning > 0 ? 'Uploads will work' : 'Everything is as it should be'
  return `${verdict}: ${ok} ok, ${warning} ${warning === 1 ? 'warning' : 'warnings'}, ${wrong} wrong, ${skipped} skipped.`
}
