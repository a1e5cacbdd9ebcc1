import stringWidth from 'string-width'

/** Rows beneath their names, in columns: a name in Chinese takes two places a character. */
export function formatTable(rows: readonly Record<string, string>[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names.map((name) => name.toUpperCase()), ...rows.map((row) => names.map((name) => row[name] ?? ''))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))))
  const format = (line: readonly string[]) =>
    line.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - stringWidth(text))).join('  ')
  return lines.map((line) => `${format(line).trimEnd()}\n`).join('')
}
