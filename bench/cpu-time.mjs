// @ts-check
// Loaded before a program that is measured: says how much time of the processor it has had, whenever it is asked.

process.on('message', (message) => {
  if (message !== 'cpu') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000 })
})
