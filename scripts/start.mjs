// @ts-check
// `npm start`: from a fresh checkout to a page that uploads, in one command.
import { demoSettings, printWelcome, startLocalOss, startServer, usesRealBucket } from './demo.mjs'
import { stopAll, stopOnSignals } from './processes.mjs'
import { ensureWebBuild } from './web-build.mjs'
import { ensureInstalled, runMain } from './workspace.mjs'

runMain(async () => {
  const settings = demoSettings()
  await ensureInstalled()
  await ensureWebBuild()
  stopOnSignals()
  try {
    const oss = usesRealBucket() ? undefined : await startLocalOss(settings, settings.port)
    const page = await startServer(settings, settings.port)
    printWelcome({ page, oss, dataDir: settings.dataDir })
  } catch (error) {
    stopAll(1)
    throw error
  }
})
