// What every program here prints: one line of JSON a story.

/** @param {string} name @param {() => Promise<unknown>} tell its value becomes the detail, its error the failure */
export async function story(name, tell) {
  try {
    print({ story: name, ok: true, detail: (await tell()) ?? null })
  } catch (error) {
    print({ story: name, ok: false, detail: error instanceof Error ? explain(error) : String(error) })
  }
}

/** The message, and the lines of the program that led to it. @param {Error} error */
function explain({ name, message, stack = '' }) {
  const frames = stack.split('\n').filter((line) => /^ +at .*\/conformance\/node\/(?!report)/.test(line))
  return [`${name}: ${message.trim()}`, ...frames].join('\n')
}

/** @param {unknown} line */
function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
