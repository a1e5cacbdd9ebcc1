import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import { createUploads, openSqliteStore, uploadRoute, uploadRouter } from '@oss-direct/server'
import express from 'express'

// The whole server side of an application that takes pictures and attachments. On a laptop it uses the local OSS.

const port = process.env.PORT ?? '3001'
const oss = process.env.OSS_ENDPOINT ?? 'http://127.0.0.1:9000'

export const routes = {
  avatar: uploadRoute({
    accept: ['image/*'],
    maxBytes: 10 * 1024 ** 2,
    onUploaded: ({ id, size }) => ({ url: `/uploads/${id}/content`, size }),
  }),
  attachments: uploadRoute({
    transports: ['post', 'multipart'],
    onUploaded: ({ id, file }) => ({ attachment: id, name: file.name }),
  }),
}

const uploads = createUploads({
  routes,
  identify: () => ({ id: 'the only person here' }), // yours asks the session
  oss: {
    publicAddress: bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: oss }),
    credentials: staticCredentials({ accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }),
    callbackKeyUrls: [`${oss}/_callback/callback_pub_key_v1.pem`],
  },
  callbackUrl: `http://127.0.0.1:${port}/uploads/callback`,
  secret: process.env.UPLOADS_SECRET ?? 'forty random characters, kept by the server',
  store: await openSqliteStore({ file: process.env.DATABASE_FILE ?? 'uploads.db' }),
})

const app = express()
app.use('/uploads', uploadRouter(uploads))
app.listen(Number(port), '127.0.0.1', () => process.send?.({ ready: `http://127.0.0.1:${port}` }))
process.on('disconnect', () => void uploads.close().then(() => process.exit(0)))
