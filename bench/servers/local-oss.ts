import { startEmulator } from '@oss-direct/emulator'

// The local OSS, with its folder as the argument.

const { origin, close } = await startEmulator({ dataDir: process.argv[2] ?? '', buckets: [{ name: 'uploads' }] })
process.once('disconnect', () => void close().then(() => process.exit(0)))
process.send?.({ ready: origin })
