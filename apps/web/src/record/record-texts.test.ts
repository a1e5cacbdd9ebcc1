import { expect, it } from 'vitest'
import { en } from './record-texts-en.ts'
import { zhCN } from './record-texts-zh-cn.ts'

// The types ask for every other text; these two are open lists.
it.each(['fields', 'headerMeanings'] as const)('both languages explain the same %s', (list) => {
  expect(Object.keys(zhCN[list])).toEqual(Object.keys(en[list]))
})
