import { parseSync } from 'oxc-parser'

export interface Import {
  /** The file that imports. */
  from: string
  specifier: string
  typeOnly: boolean
}

/** Every import of a module: static, dynamic, and what it exports again. */
export function readImports(file: string, source: string): Import[] {
  const { module } = parseSync(file, source)
  const imports = module.staticImports.map(({ moduleRequest, entries }) => ({
    from: file,
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }))
  const reexports = module.staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ from: file, specifier: moduleRequest.value, typeOnly: isType }] : [],
    )
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => ({
    from: file,
    specifier: source.slice(moduleRequest.start, moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
    typeOnly: false,
  }))
  return [...imports, ...reexports, ...dynamic]
}
