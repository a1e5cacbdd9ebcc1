import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { createServer } from 'vite'

// What a framework does underneath: the server renders the page, and the browser takes it over.

const port = process.env.PORT ?? '5173'
const root = fileURLToPath(new URL('.', import.meta.url))
const vite = await createServer({
  root,
  configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
  server: { middlewareMode: true, hmr: false },
  appType: 'custom',
})

const app = express()
app.use(vite.middlewares)
app.get('/', async (_request, response) => {
  const { App } = (await vite.ssrLoadModule('/app.tsx')) as typeof import('./app.tsx')
  const page = await vite.transformIndexHtml('/', await readFile(`${root}/index.html`, 'utf8'))
  response.type('html').send(page.replace('<!--rendered-->', renderToString(createElement(App))))
})
app.listen(Number(port), '127.0.0.1', () => process.send?.({ ready: `http://127.0.0.1:${port}` }))
process.on('disconnect', () => void vite.close().then(() => process.exit(0)))
