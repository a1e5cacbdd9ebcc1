import { connect, type Socket } from 'node:net'

/** A request as it goes out, byte by byte: `fetch` would mend, refuse or leave out half of what is tried here. */
export interface RawRequest {
  method: string
  target: string
  /** In this order, twice where they are here twice; each character is one byte. */
  headers: [name: string, value: string][]
  body: Buffer
  /**
   * `whole`: its length is said and right. `broken`: whatever its headers say; nothing comes after it, so that whoever waits
   * for more hears of the end.
   */
  framing: 'whole' | 'broken'
}

export interface RawAnswer {
  status: number
  headers: Headers
  body: string
}

/** The lines in front of the body. */
export function headOf({ method, target, headers, body, framing }: RawRequest): string {
  const length = framing === 'whole' ? [`content-length: ${body.length}`] : []
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  return `${[`${method} ${target} HTTP/1.1`, ...lines, ...length].join('\r\n')}\r\n\r\n`
}

/**
 * Sends it over a connection of its own. Gives the answer; nothing where the connection ended without one. Rejects where neither
 * comes: the server hangs.
 */
export function sendRaw(origin: string, request: RawRequest): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    let received = ''
    const finish = () => {
      // Both sides forget it at once; tens of thousands of them would otherwise use up the ports of this machine.
      socket.resetAndDestroy()
      resolve(readAnswer(received, 'ended'))
    }
    socket.setEncoding('latin1').setTimeout(SILENCE_MS, () => {
      socket.destroy()
      reject(new Error(`no answer within ${SILENCE_MS} ms: ${JSON.stringify(received.slice(0, 200))}`))
    })
    socket.on('data', (text) => {
      received += text
      if (readAnswer(received, 'open')) finish()
    })
    socket.on('end', finish)
    socket.on('error', finish)
    socket.write(Buffer.concat([Buffer.from(headOf(request), 'latin1'), request.body]))
    if (request.framing === 'broken') socket.end()
  })
}

const SILENCE_MS = 20_000

/** The answer, once it is there; where the connection has ended, what there is of it. */
function readAnswer(received: string, connection: 'open' | 'ended'): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  // "100 Continue" comes before the answer.
  if (status < 200) return readAnswer(received.slice(end + 4), connection)
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
  const rest = received.slice(end + 4)
  // Nobody but Node itself says no length, and then it says nothing.
  const isChunked = headers.has('transfer-encoding')
  const length = Number(headers.get('content-length'))
  if (connection === 'open' && (isChunked ? rest === '' : rest.length < length)) return undefined
  // What comes behind it is about what was taken for another request.
  const body = isChunked ? rest.replace(/^0\r\n\r\n/, '') : rest.slice(0, length)
  return { status, headers, body: Buffer.from(body, 'latin1').toString() }
}
