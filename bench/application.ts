import { readConfig } from '@oss-direct/demo-server/config'
import { startServer } from '@oss-direct/demo-server/server'
import { uploadRoute } from '@oss-direct/server'

// The reference server with one route that takes every way of sending, so that each contender finds its own; it counts what
// its application was told.

const GiB = 1024 ** 3
let arrived = 0

const { origin, close } = await startServer({
  config: readConfig(process.env),
  routes: {
    files: uploadRoute({
      maxBytes: 2 * GiB,
      transports: ['post', 'put'],
      onUploaded({ id, key, size }) {
        arrived += 1
        return { id, key, size }
      },
    }),
  },
})

process.on('message', ({ ask }: { ask: 'arrived' }) => process.send?.({ answerTo: ask, value: arrived }))
const stop = () => void close().then(() => process.exit(0))
process.on('SIGTERM', stop)
process.on('disconnect', stop)
process.send?.({ ready: origin })
