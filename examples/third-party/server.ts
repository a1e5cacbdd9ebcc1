import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import { createUploads, identifyByApiKey, openSqliteStore, uploadRoute, uploadRouter } from '@oss-direct/server'
import express from 'express'

// A server for partners, apps and scripts. On a laptop it uses the local OSS.

const port = process.env.PORT ?? '3002'
const oss = process.env.OSS_ENDPOINT ?? 'http://localhost:9000'
const credentials = staticCredentials({
  accessKeyId: 'local-access-key-id',
  accessKeySecret: 'local-access-key-secret',
})

const store = await openSqliteStore({ file: process.env.DATABASE_FILE ?? 'partner-uploads.db' })
const uploads = createUploads({
  // Made by `oss-direct keys create`.
  identify: identifyByApiKey({ keys: store.keys }),
  limits: { openGrants: 100, bytesPerDay: 10 * 1024 ** 3 },
  routes: {
    partner: uploadRoute({
      transports: ['sts', 'put', 'post'],
      maxBytes: 1024 ** 3,
      callback: { variables: { origin: '合作 partner/1' } },
      onUploaded: ({ id, size, mimeType, file }) => ({ receipt: id, size, mimeType, name: file.name }),
    }),
  },
  oss: {
    publicAddress: bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: oss }),
    credentials,
    callbackKeyUrls: [`${oss.replace('localhost', '127.0.0.1')}/_callback/callback_pub_key_v1.pem`],
    sessions: { roleArn: 'acs:ram::1746495857602745:role/partner-uploads', endpoint: oss },
  },
  callbackUrl: `http://127.0.0.1:${port}/uploads/callback`,
  secret: process.env.UPLOADS_SECRET ?? 'forty random characters, kept by the server',
  store,
})

const app = express()
app.use('/uploads', uploadRouter(uploads))
app.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`Partners upload at http://127.0.0.1:${port}/uploads\n`)
  process.send?.({ ready: `http://127.0.0.1:${port}` })
})
process.on('disconnect', () => void uploads.close().then(() => process.exit(0)))
