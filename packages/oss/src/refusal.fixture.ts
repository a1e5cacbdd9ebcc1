import { OssError } from './oss-error.ts'

/** The OssError that a call throws; a call that throws none, or something else, fails the test. */
export function errorOf(run: () => unknown): OssError {
  try {
    run()
  } catch (error) {
    if (error instanceof OssError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
