import type { AddressInfo } from 'node:net'
import express from 'express'
import { openRows } from './durable-rows.ts'

// What nobody who grants uploads can leave out: JSON in, a durable commit, JSON out. Arguments: its folder, how it
// commits (see durable-rows.ts), and the text of the answer for each file.

const [folder = '', commits = '', answer = ''] = process.argv.slice(2)
const rows = openRows(folder, commits)
const app = express()
app.disable('x-powered-by')
app.post('/uploads', express.json({ limit: '1mb' }), async (request, response) => {
  const files: readonly unknown[] = request.body.files
  await rows.commit(JSON.stringify(files))
  response.status(201).json({ grants: files.map(() => answer) })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('disconnect', () => process.exit(0))
