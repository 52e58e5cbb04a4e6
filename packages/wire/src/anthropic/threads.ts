import { invalid } from '../input/body.ts'
import type { Invalid, ModelRequest } from '../dialect.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** The most that fits into a Claude: a million tokens in most models, less in the smaller and older ones (Models overview). */
const SMALL_CONTEXT = /haiku-4|opus-4-[15]|claude-(v?2|3|instant)/
const SMALL = 200_000
const LARGE = 1_000_000

type Bounds = Pick<ModelRequest, 'inputBound' | 'inputBoundFor'>

/**
 * Whether a turn goes on where the vendor's own copy of the conversation ends (guide "Message threads"): what was said
 * before is read and billed again, and the body has only what is new. The first turn of a thread has everything.
 */
export function continuesThread({ thread }: JsonObject): boolean {
  return isObject(thread) && thread['type'] !== 'create'
}

/** The bounds of such a turn: whatever the vendor keeps fits into the context of the model, together with what is shown. */
export function withThread(value: JsonObject, seen: Bounds): Bounds {
  if (!continuesThread(value)) return seen
  return {
    inputBound: seen.inputBound + LARGE,
    inputBoundFor: (upstream) => seen.inputBoundFor(upstream) + (SMALL_CONTEXT.test(upstream.replaceAll('.', '-')) ? SMALL : LARGE),
  }
}

/** Nobody but the vendor knows what such a turn goes on from: for any other it is half a conversation, and cannot be sent. */
export function unknownThread(value: JsonObject): Invalid | undefined {
  if (!continuesThread(value)) return undefined
  return invalid('/thread', 'What was said before in this thread is not known here: send the whole conversation, without `thread`')
}

/** The code by which Anthropic's clients know that they must go on without a thread (guide "Message threads", errors). */
export function threadCode({ pointer, unsupported }: Record<string, unknown>): string | undefined {
  const named = Array.isArray(unsupported) && unsupported.some((one) => isObject(one) && one['pointer'] === '/thread')
  return named || pointer === '/thread' ? 'thread_unsupported_request' : undefined
}
