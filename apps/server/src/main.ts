import { ConfigError, readConfig } from './config.ts'
import { PortTakenError } from './listen.ts'
import { routes } from './routes.ts'
import { startServer } from './server.ts'

try {
  const { origin, close } = await startServer({ config: readConfig(process.env), routes })
  let isStopping = false
  let signals = 0
  const stop = () => {
    if (isStopping) return
    isStopping = true
    close().then(
      () => process.exit(0),
      (error: unknown) => complain(error),
    )
  }
  const stopBySignal = () => {
    signals += 1
    // Whoever says it twice will not wait. Records that are being settled are freed by their leases.
    if (signals > 1) process.exit(1)
    stop()
  }
  process.on('SIGINT', stopBySignal)
  process.on('SIGTERM', stopBySignal)
  // Whoever started us with a channel takes us along when it goes.
  process.on('disconnect', stop)

  // Last: whoever is told may end us the moment he hears it.
  process.stdout.write(`oss-direct server at ${origin}\n`)
  process.send?.({ ready: origin })
} catch (error) {
  complain(error)
}

function complain(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`)
  process.exit(1)
}

function describe(error: unknown): string {
  if (error instanceof ConfigError)
    return [`${error.message}:`, ...error.mistakes.map((text) => `  - ${text}`)].join('\n')
  if (error instanceof PortTakenError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
