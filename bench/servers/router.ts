import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import { createUploads, uploadRoute, uploadRouter } from '@oss-direct/server'
import express from 'express'
import { pino } from 'pino'
import { openStore } from '../open-store.ts'
import { input } from './photo-input.ts'

// An application that mounts the router as its README says. Arguments: its folder, the origin of its OSS, whether the bucket is
// asked ('head') or not ('signature'), and the address of a database in place of an empty one in its folder.

const [folder = '', oss = '', verify = 'head', database = `sqlite:${join(folder, `${verify}.db`)}`] =
  process.argv.slice(2)
const app = express()
const server = app.listen(0, '127.0.0.1', async () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const uploads = createUploads({
    identify: ({ headers }) => (typeof headers['x-caller'] === 'string' ? { id: headers['x-caller'] } : null),
    routes: {
      photo: uploadRoute({ input, onUploaded: ({ key, size, input }) => ({ key, size, album: input.album }) }),
    },
    oss: {
      publicAddress: bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: oss }),
      credentials: staticCredentials({ accessKeyId: 'benchAccessKeyId', accessKeySecret: 'benchAccessKeySecret' }),
      callbackKeyUrls: [`${oss}/_callback/callback_pub_key_v1.pem`],
    },
    callbackUrl: `${origin}/uploads/callback`,
    secret: 'a secret of the bench, long enough',
    store: await openStore(database),
    verify: verify === 'signature' ? 'signature' : 'head',
    // The callbacks come minutes after all grants: it would have settled them by then.
    sweep: { intervalMs: 'never' },
    logger: pino(pino.destination(join(folder, `${verify}.log`))),
  })
  app.use('/uploads', uploadRouter(uploads))
  process.send?.({ ready: origin })
})
process.once('disconnect', () => process.exit(0))
