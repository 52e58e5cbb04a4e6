import type { Buckets, Denial } from '@faregate/core'
import { lastEvent, type Framing, type StreamStep } from '@faregate/wire'
import type { Called } from '../call/call.ts'
import type { Line } from '../call/line.ts'
import type { Delivery } from '../deliver/context.ts'
import type { StreamTap, Tapped } from './tap.ts'

export type Streaming = Extract<Called, { kind: 'stream' }>

/**
 * Why forwarding stopped. Only `complete` may send the terminal bytes, and only once the settle is durable; `texts` are what
 * the model made that only those hold.
 */
export type StreamEnd =
  | { kind: 'complete'; terminal: (buckets: Buckets) => Buffer; texts: string[] }
  | { kind: 'broken'; denial: Denial; byUpstream: boolean }
  | { kind: 'gone' }

/** To the caller it is the end of the answer. */
export function ends(step: StreamStep): boolean {
  return step.kind === 'done' || step.keepBack === true
}

/** Nothing after it is forwarded as it comes. */
export function isLast(step: StreamStep): boolean {
  return ends(step) || step.kind === 'error'
}

/** Some servers end without what ends an event: the terminal event is one all the same, half of another is not. */
export function unterminated(tap: StreamTap, framing: Framing, rest: Buffer): Tapped | undefined {
  const event = rest.length === 0 ? undefined : lastEvent(framing, rest)
  const tapped = event === undefined ? undefined : tap.take(event)
  return tapped !== undefined && ends(tapped.step) ? tapped : undefined
}

/** A whole answer: `kept` are the events that were kept back, `missingEnd` stands for a terminal event that never came. */
export function completed(tap: StreamTap, line: Line, kept: Tapped[], missingEnd?: Buffer): StreamEnd {
  const raw = missingEnd === undefined || line.translation !== undefined ? Buffer.concat(kept.map((tapped) => tapped.raw)) : missingEnd
  const texts = kept.flatMap(({ step }) => (step.text === '' ? [] : [step.text]))
  return { kind: 'complete', terminal: (buckets) => tap.terminal(raw, buckets), texts }
}

/** A mistake of ours ends the stream, instead of leaving it waiting. */
export function brokenByMistake({ deps, flow }: Delivery, error: unknown): StreamEnd {
  deps.log.error({ request: flow.id, error: String(error) }, 'a stream met a mistake in the gateway')
  const denial: Denial = {
    code: 'gateway_misconfigured',
    detail: 'The gateway met a mistake of its own; the stream ends here.',
    operatorDetail: String(error),
  }
  return { kind: 'broken', denial, byUpstream: false }
}
