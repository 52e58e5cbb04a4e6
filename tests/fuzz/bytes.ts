import { NO_TEXT, TOKENS } from './odd.ts'
import type { Seeded } from './random.ts'

type Change = (random: Seeded, bytes: Buffer) => Buffer

function splice(bytes: Buffer, from: number, to: number, between: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)])
}

const CHANGES: [weight: number, Change][] = [
  [
    4,
    (random, bytes) => {
      const changed = Buffer.from(bytes)
      const at = random.below(bytes.length)
      if (bytes.length > 0) changed.writeUInt8((changed[at] ?? 0) ^ (1 << random.below(8)), at)
      return changed
    },
  ],
  [
    4,
    (random, bytes) => {
      const at = random.below(bytes.length + 1)
      return splice(bytes, at, at, random.pick(TOKENS))
    },
  ],
  [
    1,
    (random, bytes) => {
      const at = random.below(bytes.length + 1)
      return splice(bytes, at, at, random.pick(NO_TEXT))
    },
  ],
  [
    3,
    (random, bytes) => {
      const at = random.below(bytes.length + 1)
      return splice(bytes, at, at + random.between(1, 12), Buffer.alloc(0))
    },
  ],
  [
    1,
    (random, bytes) => {
      const at = random.below(bytes.length + 1)
      return splice(bytes, at, at, bytes.subarray(at, at + random.between(1, 40)))
    },
  ],
  [1, (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1))],
  [1, (random, bytes) => Buffer.concat([bytes, random.bytes(random.between(1, 8))])],
]

/** The bytes with a few changes that know nothing of what they mean. */
export function corrupt(random: Seeded, bytes: Buffer, times = random.between(1, 3)): Buffer {
  let changed = bytes
  for (let i = 0; i < times; i++) changed = random.weighted(CHANGES)(random, changed)
  return changed
}
