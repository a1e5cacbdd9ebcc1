import { createCRC64, type IHasher } from 'hash-wasm'

/** CRC-64/XZ of a stream, which is OSS's: in pieces, to an unsigned decimal. */
export interface Crc64 {
  update(chunk: Uint8Array): void
  digest(): string
}

/** A digest to use and to `release`: each is a small WebAssembly module, and uploads that follow each other share it. */
export async function borrowCrc64(): Promise<Crc64 & { release(): void }> {
  const hasher = (idle.pop() ?? (await createCRC64())).init()
  return {
    update: (chunk) => void hasher.update(chunk),
    digest: () => BigInt(`0x${hasher.digest()}`).toString(),
    release: () => void idle.push(hasher),
  }
}

const idle: IHasher[] = []

/**
 * CRC-64 of two pieces, one behind the other, from the CRC-64 of each: appended and assembled objects need no second
 * reading. `bytes` is the length of the second.
 *
 * A CRC is a remainder in GF(2)[x], so crc(ab) = crc(a)·x^(8·bytes) + crc(b). Source: zlib, `crc32_combine`.
 */
export function combineCrc64(first: string, second: string, bytes: number): string {
  return (multiply(shiftBy(bytes), BigInt(first)) ^ BigInt(second)).toString()
}

// Reflected, as CRC-64/XZ computes: the highest bit is x^0.
const POLYNOMIAL = 0xc96c5795d7870f42n
const ONE = 1n << 63n
const X8 = 1n << 55n

/** x^(8·bytes) modulo the polynomial. Parts are mostly of one size: the last answer is kept. */
function shiftBy(bytes: number): bigint {
  if (last.bytes === bytes) return last.shift
  let shift = ONE
  for (let [rest, square] = [bytes, X8]; rest > 0; rest = Math.floor(rest / 2), square = multiply(square, square)) {
    if (rest % 2 === 1) shift = multiply(shift, square)
  }
  last = { bytes, shift }
  return shift
}

let last = { bytes: 0, shift: ONE }

function multiply(left: bigint, right: bigint): bigint {
  let product = 0n
  let shifted = right
  for (let bit = ONE; bit !== 0n; bit >>= 1n) {
    if ((left & bit) !== 0n) product ^= shifted
    shifted = (shifted & 1n) === 1n ? (shifted >> 1n) ^ POLYNOMIAL : shifted >> 1n
  }
  return product
}
