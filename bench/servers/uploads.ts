import { readConfig } from '@oss-direct/demo-server/config'
import { startServer } from '@oss-direct/demo-server/server'
import { uploadRoute } from '@oss-direct/server'
import { input } from './photo-input.ts'

// The reference server as it is deployed, with routes whose input is checked; configured by its environment.

const route = { maxBytes: 1024 ** 3, maxFiles: 50, input }

const { origin, close } = await startServer({
  config: readConfig(process.env),
  routes: {
    photo: uploadRoute({ ...route, onUploaded: ({ key, size, input }) => ({ key, size, album: input.album }) }),
  },
})
process.once('disconnect', () => void close().then(() => process.exit(0)))
process.send?.({ ready: origin })
