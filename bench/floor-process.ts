import { type Program, startProgram } from './program.ts'

/** A server that does what nobody can leave out, in a process of its own as ours is; `name`: a file of `floors`. */
export function startFloor(name: string, args: readonly string[]): Promise<Program> {
  return startProgram(new URL(`./floors/${name}.ts`, import.meta.url), { args })
}
