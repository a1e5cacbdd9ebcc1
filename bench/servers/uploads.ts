import { readConfig } from '@oss-direct/demo-server/config'
import { startServer } from '@oss-direct/demo-server/server'
import { uploadRoute } from '@oss-direct/server'
import { z } from 'zod'

// The reference server as it is deployed, with routes whose input is checked; configured by its environment.

const input = z.object({ album: z.string().min(1).max(100), tags: z.array(z.string().max(40)).max(10) })
const route = { maxBytes: 1024 ** 3, maxFiles: 50, input }

const { origin, close } = await startServer({
  config: readConfig(process.env),
  routes: {
    photo: uploadRoute({ ...route, onUploaded: ({ key, size, input }) => ({ key, size, album: input.album }) }),
  },
})
process.once('disconnect', () => void close().then(() => process.exit(0)))
process.send?.({ ready: origin })
