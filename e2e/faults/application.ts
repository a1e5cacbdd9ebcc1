import { expect } from '../stage/stage.ts'
import type { Scenario, Scenarios } from './connections.ts'

// What goes wrong between OSS, the server and the application behind it.

export const application = {
  'callback lost': fault({ name: 'callback-lost', count: 1 }),
  'callback slow': fault({ name: 'callback-slow', delayMs: 3000, count: 1 }),
  "callback's answer lost": {
    async play({ stage, choose }) {
      await stage.setAnswer('callback', 'lose')
      await choose()
    },
  },
  "Complete's answer lost": fault({ name: 'lose-answer', operation: 'CompleteMultipartUpload', count: 1 }),
  'hook slow': {
    async play({ stage, choose }) {
      await stage.setHook({ does: 'wait', ms: 7000 })
      await choose()
    },
  },
  'hook throwing': {
    async play({ stage, choose, untilShown, press }) {
      await stage.setHook({ does: 'throw' })
      await choose()
      await untilShown('unconfirmed')
      await stage.setHook({ does: 'answer' })
      await press('Confirm again')
    },
  },
  'server killed after the grant': {
    async play({ stage, transport, operation, choose, untilShown, press }) {
      if (transport === 'form') {
        const held = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count: 1 })
        await choose()
        await stage.untilStruck(held)
        await stage.killServer()
        await stage.clearFault(held)
        await untilShown('unconfirmed')
        await stage.startServer()
        await press('Confirm again')
        return
      }
      await stage.setAnswer('parts', 'hold')
      await choose()
      await stage.untilSignal('answering parts')
      await stage.killServer()
      await untilShown('failed')
      await stage.startServer()
      await press('Retry')
    },
  },
  'server killed while it settles': {
    async play({ stage, choose, untilShown, press }) {
      await stage.setHook({ does: 'hold' })
      await choose()
      await stage.untilSignal('hook begun')
      await stage.killServer()
      await untilShown('unconfirmed')
      await stage.startServer()
      await press('Confirm again')
    },
  },
  'server killed before its answer': {
    async play({ stage, transport, choose, untilShown, press }) {
      const call = transport === 'form' ? 'callback' : 'complete'
      await stage.setAnswer(call, 'hold')
      await choose()
      await stage.untilSignal(`answering ${call}`)
      expect(stage.signals('hook ended')).toHaveLength(1)
      await stage.killServer()
      await untilShown('unconfirmed')
      await stage.startServer()
      await press('Confirm again')
    },
  },
} satisfies Scenarios

function fault(what: Record<string, unknown>): Scenario {
  return {
    async play({ stage, choose }) {
      await stage.setFault(what)
      await choose()
    },
  }
}
