// An application in a process of its own, to be killed. Its hook tells its parent that it runs; `HOOK` says what it does then.
import { once } from 'node:events'

import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import express from 'express'
import { createUploads, openSqliteStore, uploadRoute, uploadRouter } from '../src/index.ts'

const { DATABASE = '', OSS_ORIGIN = '', KEY_URL = '', HOOK = '' } = process.env
const app = express()
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/uploads`

const uploads = createUploads({
  identify: () => ({ id: 'ann' }),
  routes: {
    demo: uploadRoute({
      onUploaded: () => {
        process.send?.({ hook: HOOK })
        return HOOK === 'hang' ? new Promise(() => {}) : 'settled after the restart'
      },
    }),
  },
  oss: {
    publicAddress: bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: OSS_ORIGIN }),
    credentials: staticCredentials({ accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }),
    callbackKeyUrls: [KEY_URL],
  },
  callbackUrl: `${origin}/callback`,
  secret: 'a secret of the tests, long enough',
  store: await openSqliteStore({ file: DATABASE }),
})
app.use('/uploads', uploadRouter(uploads))
process.send?.({ ready: origin })
