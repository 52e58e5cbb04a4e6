import { WORD } from '../dialects/spoken.ts'
import { cutter, frameOf, streamOf } from './pairs.ts'
import type { Kind, Pair } from './pairs.ts'

const WARM_UP_EVENTS = 5_000
/** After how many events memory is read. */
export const READ_AFTER = [20_000, 110_000, 200_000] as const

/**
 * What one translated stream keeps after so many events, in kB: heap and buffers after a garbage collection, less than
 * before the stream began. Undefined: the upstream has no such pieces.
 */
export function keptBy(pair: Pair, kind: Kind): number[] | undefined {
  if (streamOf(pair, kind) === undefined) return undefined
  translation(pair, kind)(WARM_UP_EVENTS)
  const before = usedKb()
  const go = translation(pair, kind)
  let gone = 0
  return READ_AFTER.map((events) => {
    go(events - gone)
    gone = events
    return usedKb() - before
  })
}

/** A stream that goes on by so many events, each new: what keeps a part of an event is found out. */
function translation(pair: Pair, kind: Kind): (events: number) => void {
  const stream = streamOf(pair, kind)
  const cut = cutter(pair)
  const decoder = pair.upstream.streamDecoder(1)
  const encoder = pair.caller.streamEncoder(frameOf(pair))
  const take = (bytes: Buffer): void => {
    for (const event of cut(bytes)) encoder.encode(decoder.decode(event))
  }
  for (const bytes of stream?.begin ?? []) take(bytes)
  const piece = stream?.piece(WORD) ?? Buffer.alloc(0)
  return (events) => {
    for (let event = 0; event < events; event++) take(piece)
  }
}

function usedKb(): number {
  if (globalThis.gc === undefined) throw new Error('node has to be called with --expose-gc')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1_024
}
