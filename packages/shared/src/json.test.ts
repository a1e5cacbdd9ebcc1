import { describe, expectTypeOf, it } from 'vitest'
import type { Json, Jsonify } from './json.ts'

describe('Jsonify', () => {
  it('turns what has toJSON into what it writes', () => {
    expectTypeOf<Jsonify<{ at: Date }>>().toEqualTypeOf<{ at: string }>()
  })

  it('drops functions and makes undefined members optional', () => {
    expectTypeOf<Jsonify<{ a: number; b?: string; c: string | undefined; d(): void }>>().toEqualTypeOf<{
      a: number
      b?: string
      c?: string
    }>()
  })

  it('keeps arrays and tuples, with null for what cannot be written', () => {
    expectTypeOf<Jsonify<[Date, undefined]>>().toEqualTypeOf<[string, null]>()
    expectTypeOf<Jsonify<Date[]>>().toEqualTypeOf<string[]>()
  })

  it('leaves unions of literals alone', () => {
    expectTypeOf<Jsonify<'a' | 1 | null>>().toEqualTypeOf<'a' | 1 | null>()
  })

  it('says only Json of what nobody typed', () => {
    expectTypeOf<Jsonify<unknown>>().toEqualTypeOf<Json>()
  })
})
