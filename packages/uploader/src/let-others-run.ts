/** Lets other tasks run. Not by `setTimeout`, which a hidden page is granted once a second. */
export function letOthersRun(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
