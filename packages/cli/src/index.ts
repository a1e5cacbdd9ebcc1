export { type Outputs, runCommand } from './command.ts'
