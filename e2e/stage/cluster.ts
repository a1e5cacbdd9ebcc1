import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../packages/server/test/postgres-program.ts'
import { freePort } from '../../scripts/free-port.ts'
import type { HookBehaviour, Signal } from './app.ts'
import { startBalancer } from './balancer.ts'
import { type Program, startProgram } from './program.ts'
import { createSignals, type Signals } from './signals.ts'

/** Several servers on one PostgreSQL behind a balancer, and a local OSS that calls the balancer; all real processes but that one. */
export interface Cluster {
  /** Where everybody asks. */
  origin: string
  ossOrigin: string
  databaseUrl: string
  nodes: readonly Node[]
  close(): Promise<void>
}

/** One of the servers, whichever process it is at the moment. */
export interface Node {
  port: number
  origin: string
  /** What all processes of it have reported. */
  signals: Signals<Signal>
  setHook(behaviour: HookBehaviour): Promise<void>
  /** SIGTERM; gives the exit status. */
  stop(): Promise<number | null>
  /** Starts it again. */
  start(): Promise<void>
  isReady(): Promise<boolean>
}

export async function startCluster(size: number, env: Record<string, string>): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-direct-cluster-'))
  const ports = await Promise.all(Array.from({ length: size }, freePort))
  const ready = new Set<number>()
  const balancer = await startBalancer(ports, (port) => ready.has(port))
  const [postgres, oss] = await Promise.all([
    startPostgres(),
    startProgram('packages/emulator/src/main.ts', ['--port', '0', '--memory', '--bucket', 'uploads'], {}),
  ])
  const settings = {
    OSS_EMULATOR_PORT: new URL(oss.address).port,
    DATABASE_URL: postgres.url,
    DATA_DIR: folder,
    WEB_ROOT: folder,
    CALLBACK_URL: `${balancer.origin}/uploads/callback`,
    UPLOADS_SECRET: 'a secret that all servers share',
    ...env,
  }
  const nodes = await Promise.all(ports.map((port) => startNode(port, settings)))
  const probes = nodes.map((node) => probe(node, ready))
  await Promise.all(probes.map(({ isSeen }) => isSeen))
  return {
    origin: balancer.origin,
    ossOrigin: oss.address,
    databaseUrl: postgres.url,
    nodes,
    async close() {
      for (const { stop } of probes) stop()
      await Promise.all(nodes.map((node) => node.stop()))
      await balancer.close()
      await oss.stop()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startNode(port: number, settings: Record<string, string>): Promise<Node> {
  const signals = createSignals<Signal>()
  const origin = `http://127.0.0.1:${port}`
  const begin = async (): Promise<Program> => {
    const program = await startProgram('e2e/stage/app.ts', [], { ...settings, PORT: String(port) })
    program.onSignal((signal, detail) => signals.note(signal as Signal, detail))
    return program
  }
  let program = await begin()
  return {
    port,
    origin,
    signals,
    setHook: async (behaviour) => void (await program.ask({ ask: 'setHook', behaviour })),
    stop: () => program.stop(),
    async start() {
      program = await begin()
    },
    isReady: () =>
      fetch(`${origin}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      ),
  }
}

/** Asks again and again, as balancers do. */
function probe(node: Node, ready: Set<number>): { isSeen: Promise<void>; stop(): void } {
  let timer: NodeJS.Timeout
  let isOver = false
  let tell = () => {}
  const isSeen = new Promise<void>((resolve) => {
    tell = resolve
  })
  const look = async () => {
    if (await node.isReady()) {
      ready.add(node.port)
      tell()
    } else ready.delete(node.port)
    if (!isOver) timer = setTimeout(look, PROBE_MS)
  }
  void look()
  return {
    isSeen,
    stop() {
      isOver = true
      clearTimeout(timer)
    },
  }
}

const PROBE_MS = 100
