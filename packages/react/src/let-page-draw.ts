/** Lets other tasks run. Not by `setTimeout`, of which every fifth and later one takes four milliseconds. */
export function letPageDraw(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
