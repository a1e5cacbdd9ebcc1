import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

// Serves the page of one example: `serve.ts vanilla`, at PORT, with the uploads API of SERVER beneath the same origin.

const [name = ''] = process.argv.slice(2)
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const vite = await createServer({
  root: folder(name),
  configFile: folder('vite.config.ts'),
  server: { port: Number(process.env.PORT ?? '5173'), strictPort: true, host: '127.0.0.1' },
})
await vite.listen()
process.send?.({ ready: vite.resolvedUrls?.local[0] ?? '' })
process.on('disconnect', () => void vite.close().then(() => process.exit(0)))
