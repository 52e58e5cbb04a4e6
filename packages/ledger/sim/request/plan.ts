import type { Measure, AccountRef } from '../../src/types.ts'
import type { Prng } from '../prng.ts'

/** What a caller asks for, and what caller, upstream and network will do; drawn before it begins. */
export interface Plan {
  kind: 'answer' | 'large' | 'stream'
  /** A stream that is held slice by slice; otherwise its output can be billed unseen, and is held whole (M14). */
  sliced: boolean
  /** Choices. */
  n: number
  /** Tokens of the prompt, and their bound by bytes. */
  prompt: number
  bytes: number
  /** In millionths of a nano-unit: for the call, and a token. */
  price: { fee: bigint; input: bigint; output: bigint }
  /** Output tokens a choice: the caller's limit, or the most that the gateway would set. */
  ceiling: number
  limitIsOurs: boolean
  legs: AccountRef[]
  /** Attempts that fail before the first byte. */
  failures: number
  /** None of the attempts serves. */
  hopeless: boolean
  /** Output tokens of each event, over all choices. */
  events: number[]
  ending: 'whole' | 'reset' | 'error'
  usage: { input: number; output: number } | undefined
  /** The upstream says it with the first event already, or at the end. */
  usageAt: 'start' | 'end'
  /** The caller goes away, at any time. */
  leaves: boolean
}

/** Output tokens in a slice, and the fewest that are worth announcing as a limit. */
export const SLICE = 8
const FEWEST = 6
const MOST_WHEN_ABSENT = 40

/** Draws a request on these accounts. */
export function drawPlan(random: Prng, legs: AccountRef[]): Plan {
  const kind = random.weighted({ answer: 4, large: 1, stream: 6 })
  const n = random.chance(0.15) ? 2 : 1
  const prompt = random.between(1, 20)
  const limitIsOurs = random.chance(0.5)
  const ceiling = limitIsOurs ? MOST_WHEN_ABSENT : random.between(1, 50)
  const drawn = drawEvents(random, ceiling * n)
  const events = kind === 'large' && drawn.length === 0 ? [1] : drawn
  const produced = events.reduce((sum, tokens) => sum + tokens, 0)
  return {
    kind,
    sliced: kind === 'stream' && random.chance(0.85),
    n,
    prompt,
    bytes: prompt * random.between(1, 3) + random.between(0, 5),
    price: drawPrice(random),
    ceiling,
    limitIsOurs,
    legs,
    failures: random.weighted({ 0: 9, 1: 2, 2: 1 }) === '0' ? 0 : 1,
    hopeless: random.chance(0.05),
    events,
    ending: random.weighted({ whole: 8, reset: 1, error: 1 }),
    usage: drawUsage(random, prompt, produced),
    usageAt: random.chance(0.2) ? 'start' : 'end',
    leaves: random.chance(0.12),
  }
}

function drawPrice(random: Prng): Plan['price'] {
  const rate = (): bigint => BigInt(random.pick([0, 333_333, 1_000_000, 2_500_000]) ?? 0)
  return { fee: random.chance(0.2) ? BigInt(random.between(0, 3)) * 1_000_000n : 0n, input: rate(), output: rate() }
}

/** Mostly within the limit; sometimes far beyond it, and sometimes in lumps of several slices. */
function drawEvents(random: Prng, limit: number): number[] {
  const total = random.chance(0.1) ? limit * random.between(2, 6) : random.between(0, limit)
  const lump = random.pick([1, 3, 3, 8, 30]) ?? 1
  const events: number[] = []
  for (let left = Math.min(total, 300); left > 0;) {
    const tokens = Math.min(left, random.between(1, lump))
    events.push(tokens)
    left -= tokens
  }
  return events
}

/** M22: the truth, mostly; more than was held for; too much to be true; less than nothing; nothing at all. */
function drawUsage(random: Prng, prompt: number, produced: number): Plan['usage'] {
  switch (random.weighted({ true: 10, hidden: 2, absurd: 1, negative: 1, missing: 3 })) {
    case 'true':
      return { input: prompt, output: produced }
    case 'hidden':
      return { input: prompt, output: produced + random.between(1, 60) }
    case 'absurd':
      return { input: prompt, output: 100_000 }
    case 'negative':
      return { input: prompt, output: -5 }
    case 'missing':
      return undefined
  }
}

/** What is held first (M11 to M13). */
export interface HoldPlan {
  measure: Measure
  steps: { min: number; max: number }
  outlook?: { min: number; max: number }
}

export function holdPlanOf(plan: Plan, bytes = plan.bytes): HoldPlan {
  const { price, n, ceiling, limitIsOurs, sliced } = plan
  const measure = { fixed: price.fee + price.input * BigInt(bytes), perStep: price.output * BigInt(n) }
  const affordable = { min: Math.min(FEWEST, ceiling), max: ceiling }
  if (!sliced) return { measure, steps: limitIsOurs ? affordable : { min: ceiling, max: ceiling } }
  const first = Math.min(SLICE, ceiling)
  if (!limitIsOurs) return { measure, steps: { min: first, max: first } }
  return { measure, steps: { min: Math.min(first, affordable.min), max: first }, outlook: affordable }
}

/** One rounding, up (M1). */
export function amountOf({ fixed, perStep }: Measure, steps: number): bigint {
  return (fixed + perStep * BigInt(steps) + 999_999n) / 1_000_000n
}

export function priceOf({ price }: Plan, input: number, output: number): bigint {
  return amountOf({ fixed: price.fee + price.input * BigInt(input), perStep: price.output }, output)
}
