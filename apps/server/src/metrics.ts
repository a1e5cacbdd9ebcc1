import type { DatabaseConnections, UploadsEvent } from '@oss-direct/server'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What Prometheus reads of this process. docs/observing.md has them all. */
export interface Metrics {
  observe(event: UploadsEvent): void
  readonly contentType: string
  text(): Promise<string>
}

/** `connections`: those to the database, where it has any. */
export function createMetrics(connections?: () => DatabaseConnections): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `oss_direct_${name}`, help, labelNames, registers })
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], ...labelNames: Label[]) =>
    new Histogram({ name: `oss_direct_${name}`, help, buckets, labelNames, registers })

  const grants = counter('grants_total', 'Files granted', 'route', 'transport')
  const refusals = counter(
    'grants_refused_total',
    'Files refused, without a route where it is unknown',
    'route',
    'code',
  )
  const granting = histogram('grants_seconds', 'How long a request for grants took', ANSWERS)
  const callbacks = counter('callbacks_total', 'Callbacks of OSS', 'outcome', 'code')
  const answering = histogram('callback_seconds', 'How long OSS waited for its answer', ANSWERS, 'outcome')
  const hooks = histogram('hook_seconds', 'How long a hook ran', HOOKS, 'route', 'hook', 'outcome')
  const settling = histogram(
    'settle_seconds',
    'From the grant until the application had answered',
    TRANSFERS,
    ...(['route', 'transport', 'evidence'] as const),
  )
  const failures = counter(
    'failed_total',
    'Uploads of something else than was granted',
    ...(['route', 'transport', 'evidence', 'code'] as const),
  )
  const expiries = counter('expired_total', 'Grants that ended unused', 'route', 'transport')
  const delays = counter('unsettled_total', 'Tries to settle that came to nothing', 'route', 'evidence', 'code')
  const fates = counter('swept_total', 'Records that the sweeper looked at', 'fate')
  const sweeping = histogram('sweep_seconds', 'How long a sweep took', HOOKS)
  if (connections !== undefined) {
    new Gauge({
      name: 'oss_direct_database_connections',
      help: 'Open connections to the database, and calls that wait for one',
      labelNames: ['state'],
      registers,
      collect() {
        const { open, idle, waiting } = connections()
        this.set({ state: 'busy' }, open - idle)
        this.set({ state: 'idle' }, idle)
        this.set({ state: 'waiting' }, waiting)
      },
    })
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observe(event) {
      switch (event.type) {
        case 'grants': {
          const { route = '' } = event
          for (const transport of event.granted) grants.inc({ route, transport })
          for (const code of event.refused) refusals.inc({ route, code })
          return granting.observe(event.tookMs / 1000)
        }
        case 'callback': {
          const { outcome } = event
          callbacks.inc({ outcome, code: event.outcome === 'refused' ? event.code : '' })
          return answering.observe({ outcome }, event.tookMs / 1000)
        }
        case 'hook': {
          const { route, hook, outcome } = event
          return hooks.observe({ route, hook, outcome }, event.tookMs / 1000)
        }
        case 'settled': {
          const { route, transport, evidence } = event
          return settling.observe({ route, transport, evidence }, event.sinceGrantMs / 1000)
        }
        case 'failed': {
          const { route, transport, evidence, code } = event
          return failures.inc({ route, transport, evidence, code })
        }
        case 'expired':
          return expiries.inc({ route: event.route, transport: event.transport })
        case 'unsettled':
          return delays.inc({ route: event.route, evidence: event.evidence, code: event.code })
        case 'swept':
          for (const [fate, count] of Object.entries(event.report)) fates.inc({ fate }, count)
          return sweeping.observe(event.tookMs / 1000)
      }
    },
  }
}

// Seconds. OSS waits 5 for an answer; a transfer may take hours.
const ANSWERS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 10]
const HOOKS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 30, 120]
const TRANSFERS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 43_200]
