import { createPublicKey } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { verifyCallback } from '@oss-direct/oss'
import express from 'express'
import { openRows } from './durable-rows.ts'

// What nobody who settles uploads by callbacks can leave out: the raw body, one RSA verification, a claim and an end that are both
// durable, JSON out. Arguments: its folder, how it commits (see durable-rows.ts), and the public key.

const [folder = '', commits = '', pem = ''] = process.argv.slice(2)
const publicKey = createPublicKey(pem)
const rows = openRows(folder, commits)
const app = express()
app.disable('x-powered-by')
app.post('/uploads/callback', express.raw({ type: () => true }), async (request, response) => {
  const { headers, originalUrl: requestUri, body } = request
  if (!verifyCallback({ requestUri, body, authorization: headers.authorization ?? '', publicKey })) {
    return void response.status(403).end()
  }
  const { object, size, mimeType } = Object.fromEntries(new URLSearchParams(body.toString()))
  await rows.commit('claimed')
  await rows.commit('settled')
  response.json({ id: object, status: 'settled', result: { key: object, size, mimeType } })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('disconnect', () => process.exit(0))
