// @ts-check
// Programs that run until they are told to stop: the local OSS, the server, Vite.
import { spawn } from 'node:child_process'
import { Complaint, root } from './workspace.mjs'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Starts a TypeScript program of the checkout and waits until it says over IPC that it is ready.
 * It ends by itself when this process goes away, because its IPC channel closes then.
 * @param {string} name for messages @param {string} file below the checkout @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the address it serves
 */
export function startProgram(name, file, args, env) {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  running.add(child)
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'ready' in message) resolve(String(message.ready))
    })
    child.once('exit', (code) => {
      running.delete(child)
      reject(new Complaint(`${name} ended before it was ready; its reason is above.`))
      // A part that dies later takes the others with it: half a demo only confuses.
      stopAll(code ?? 1)
    })
  })
}

/** Ctrl-C and a closing terminal stop every program, then this one. */
export function stopOnSignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stopAll(0))
}

/** @param {number} code */
export function stopAll(code) {
  process.exitCode ??= code
  for (const child of running) if (child.connected) child.disconnect()
  // What has not ended by itself by then hangs; nothing may outlive this process.
  setTimeout(() => {
    for (const child of running) child.kill('SIGKILL')
  }, 8000).unref()
}
