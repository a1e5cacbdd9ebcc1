import { test } from '@playwright/test'
import { testCells } from '../faults/cell.ts'
import { CELLS } from '../faults/table.ts'

test.skip(({ browserName }) => browserName !== 'chromium', 'faults are brought about through the protocol of Chromium')

// One cell of each fault; `npm run test:faults` runs the others too, and tells what came of all of them. Offline is as long
// here as it takes to see that the queue is held.
testCells(
  CELLS.filter(({ inShort }) => inShort),
  { offlineMs: 2000 },
)
