import type { ApiDelivery } from './delivery.ts'
import { readsAnswer } from './contract/check.ts'
import { bodyLength } from './forward.ts'

/** An answer that says it is no longer than this is collected, and sent once it is settled. */
const WHOLE_BYTES = 64 * 1024

/**
 * Whether all of an answer is to be here before anything of it is sent: it is short, or is to be kept, compared with the document, or
 * read for what it counts.
 */
export function isCollected(delivery: ApiDelivery, status: number, headers: Record<string, string | string[] | undefined>): boolean {
  const { flow, target, meter, cached } = delivery
  if (cached?.wants(status, headers) === true || readsAnswer(flow, target, status, headers)) return true
  if (meter?.readsAnswer(headers) === true && target.route.charges(status)) return true
  return (bodyLength(flow.inbound.method, status, headers) ?? Infinity) <= WHOLE_BYTES
}
