// @ts-check
import { ask } from './api.js'
import { afterwards } from './dom.js'

/** @typedef {import('./api.js').SetFault} SetFault */

/**
 * The faults that are set. A counted one goes away by a request that meets it, so the list follows the log.
 * @param {import('./live.js').Live} live
 */
export function createFaultList(live) {
  /** @type {SetFault[]} */
  let faults = []
  /** @type {Set<() => void>} */
  const watchers = new Set()

  async function reload() {
    /** @type {{ faults: SetFault[] }} */
    const answer = await ask('GET', 'faults')
    faults = answer.faults
    for (const watcher of watchers) watcher()
  }

  const follow = afterwards(() => void reload().catch(() => undefined), 300)
  live.watch(follow, new AbortController().signal)

  return {
    list: () => faults,
    reload,
    watch(/** @type {() => void} */ watcher, /** @type {AbortSignal} */ signal) {
      watchers.add(watcher)
      signal.addEventListener('abort', () => watchers.delete(watcher))
    },
  }
}

/** @typedef {ReturnType<typeof createFaultList>} FaultList */
