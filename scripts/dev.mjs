// @ts-check
// `npm run dev`: the same as `npm start`, with Vite's hot reload in front of the server.

import { join } from 'node:path'
import { demoSettings, printWelcome, startLocalOss, startServer, usesRealBucket } from './demo.mjs'
import { stopAll, stopOnSignals } from './processes.mjs'
import { ensureInstalled, root, runMain } from './workspace.mjs'

runMain(async () => {
  const settings = demoSettings()
  await ensureInstalled()
  stopOnSignals()
  // The page keeps its usual port, so that the bucket's CORS rule and bookmarks stay right; the server moves one up.
  const apiPort = settings.port + 1
  try {
    const oss = usesRealBucket() ? undefined : await startLocalOss(settings, settings.port)
    await startServer(settings, apiPort)
    process.env.API_PORT = String(apiPort)
    const { createServer } = await import('vite')
    const vite = await createServer({
      root: join(root, 'apps/web'),
      server: { port: settings.port, strictPort: true, host: '127.0.0.1' },
    })
    await vite.listen()
    printWelcome({ page: `http://localhost:${settings.port}`, oss, dataDir: settings.dataDir })
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => vite.close())
  } catch (error) {
    stopAll(1)
    throw error
  }
})
