// @ts-check
// `npm run conformance`: the vendor's own SDKs judge the local OSS. What may follow `--`: `--only python,go`,
// `--require node,python,java,go` (a language that is missing then fails as well).
import { ensureInstalled, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  const { register } = await import('tsx/esm/api')
  register()
  await import('../e2e/conformance/main.ts')
})
