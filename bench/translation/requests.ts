import { latenciesOf } from '../figures.ts'
import type { Latencies } from '../figures.ts'
import { conversationOf, MODEL, reading } from './pairs.ts'
import type { Pair } from './pairs.ts'

/** What a request takes that is passed on, and one that is translated, both from its bytes to those for the upstream. */
export interface RequestCosts {
  passed: Latencies
  translated: Latencies
}

const WARM_UP = 300

/** In turns, after a warm-up. Nothing has to be changed in what is passed on: the cheapest case. */
export function requestCosts(pair: Pair, times: number): RequestCosts {
  const read = reading(pair)
  const pass = (): Buffer => read().upstreamBody({ model: MODEL, injectUsage: false })
  const translate = (): Buffer =>
    pair.upstream.encodeRequest(conversationOf(read()), { model: MODEL, outputLimit: undefined, quirks: {} }).body
  const passed: number[] = []
  const translated: number[] = []
  for (let time = -WARM_UP; time < times; time++) {
    const [one, other] = [timed(pass), timed(translate)]
    if (time < 0) continue
    passed.push(one)
    translated.push(other)
  }
  return { passed: latenciesOf(passed), translated: latenciesOf(translated) }
}

function timed(make: () => Buffer): number {
  const begun = performance.now()
  const { length } = make()
  const took = performance.now() - begun
  if (length < 10_000) throw new Error(`the prompt did not come through: ${length} bytes`)
  return took
}
