// @ts-check
// `npm run conformance`: the vendor's own SDKs judge the local OSS, and the programs of examples/third-party the server. What
// may follow `--`: `--part sdks` or `--part partners`, `--only python,go`, `--require node,python,java,go,curl` (a language
// that is missing then fails as well).
import { ensureInstalled, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  const { register } = await import('tsx/esm/api')
  register()
  await import('../e2e/conformance/main.ts')
})
