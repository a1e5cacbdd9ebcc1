// An application in a process of its own, to be killed. Its hook tells its parent that it runs; `HOOK` says what it does then.

import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import express from 'express'
import { createUploads, openSqliteStore, uploadRoute, uploadRouter } from '../src/index.ts'

const { PORT = '', DATABASE = '', OSS_ORIGIN = '', KEY_URL = '', HOOK = '' } = process.env
const uploads = createUploads({
  identify: () => ({ id: 'ann' }),
  routes: {
    demo: uploadRoute({
      onUploaded: () => {
        process.send?.('hook')
        return HOOK === 'hang' ? new Promise(() => {}) : 'settled after the restart'
      },
    }),
  },
  oss: {
    publicAddress: bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: OSS_ORIGIN }),
    credentials: staticCredentials({ accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }),
    callbackKeyUrls: [KEY_URL],
  },
  callbackUrl: `http://127.0.0.1:${PORT}/uploads/callback`,
  secret: 'a secret of the tests, long enough',
  store: await openSqliteStore({ file: DATABASE }),
})
const app = express()
app.use('/uploads', uploadRouter(uploads))
app.listen(Number(PORT), '127.0.0.1', () => process.send?.('ready'))
