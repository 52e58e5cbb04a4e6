import type { Line } from '../../packages/gateway/src/call/line.ts'
import { tapOf, type StreamTap } from '../../packages/gateway/src/stream/tap.ts'
import type { RawEvent } from '../../packages/wire/src/index.ts'
import { WORD } from '../dialects/spoken.ts'
import { latenciesOf } from '../figures.ts'
import { cutter, frameOf, streamOf } from './pairs.ts'
import type { Kind, Pair } from './pairs.ts'

/** In microseconds. */
export interface Spread {
  mean: number
  p50: number
  p99: number
}

/** What an event takes of a stream that is passed on, and of one that is translated. */
export interface EventCosts {
  passed: Spread
  translated: Spread
}

/** A way of handling a stream of the upstream, as the gateway does: the first stream of each is a warm-up. */
interface Way {
  tap: () => StreamTap
  samples: number[]
}

/** Streams of so many pieces of a kind, in turns passed on and translated. Undefined: the upstream has no such pieces. */
export function eventCosts(pair: Pair, kind: Kind, pieces: number, streams: number): EventCosts | undefined {
  const stream = streamOf(pair, kind)
  if (stream === undefined) return undefined
  const cut = cutter(pair)
  const begin = stream.begin.flatMap(cut)
  const events = Array.from({ length: pieces }, () => cut(stream.piece(WORD))).flat()
  const [passed, translated] = ways(pair)
  const warmUp = Math.ceil(streams / 4)
  for (let time = -warmUp; time < streams; time++)
    for (const way of [passed, translated]) {
      const samples = handled(way.tap(), begin, events)
      if (time >= 0) for (const sample of samples) way.samples.push(sample)
    }
  return { passed: spreadOf(passed.samples), translated: spreadOf(translated.samples) }
}

function ways(pair: Pair): [passed: Way, translated: Way] {
  const { caller, upstream } = pair
  const frame = frameOf(pair)
  const plain: Line = { caller, upstream, translation: undefined }
  const translated: Line = { caller, upstream, translation: { kind: 'conversation', caller, upstream } }
  const way = (line: Line): Way => ({ tap: () => tapOf(line, 1, false, () => frame), samples: [] })
  return [way(plain), way(translated)]
}

/** How long each event took, in milliseconds. */
function handled(tap: StreamTap, begin: RawEvent[], events: RawEvent[]): Float64Array {
  for (const event of begin) tap.take(event)
  const samples = new Float64Array(events.length)
  for (const [index, event] of events.entries()) {
    const begun = performance.now()
    const { step } = tap.take(event)
    samples[index] = performance.now() - begun
    if (step.kind !== 'delta') throw new Error(`an event with a piece was read as ${step.kind}`)
  }
  return samples
}

function spreadOf(milliseconds: number[]): Spread {
  const { p50Ms, p99Ms } = latenciesOf(milliseconds)
  const mean = milliseconds.reduce((total, sample) => total + sample, 0) / milliseconds.length
  return { mean: mean * 1_000, p50: p50Ms * 1_000, p99: p99Ms * 1_000 }
}
