import { testCells } from './cell.ts'
import { CELLS } from './table.ts'

testCells(CELLS, { offlineMs: 20_000 })
