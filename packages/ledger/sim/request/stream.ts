import { record, type Serving } from './serving.ts'
import { costOf, release, settle } from './settle.ts'
import { StreamRelay } from './relay.ts'

/** Forwards a stream as it arrives; its terminal event waits until the settle is durable (M16). */
export async function deliverStream(serving: Serving): Promise<void> {
  const { exchange, caller, step } = serving
  const relay = new StreamRelay(serving)
  relay.start()
  const whole = (await relay.ended) === 'complete'
  const delivered = whole && isLastWord(relay) ? undefined : await relay.delivered()
  if (delivered === 0 && !whole) return nothingDelivered(serving)
  const usage = delivered === undefined ? relay.usage : usageOf(relay, delivered)
  const cost = await costOf(serving, usage, async () => delivered ?? relay.delivered())
  const settled = await settle(serving, cost, relay.sentText ? 'post' : 'void', whole)
  if (caller.left) return record(serving, 'unconfirmed')
  if (!whole || !settled) {
    await step('error event')
    return record(serving, caller.left ? 'unconfirmed' : 'confirmed')
  }
  await step('last byte')
  exchange.whole = !caller.left
  record(serving, exchange.whole ? 'confirmed' : 'unconfirmed')
}

/** The upstream told at the end what it made: nothing needs to be counted. */
function isLastWord({ usage, usageIsFinal }: StreamRelay): boolean {
  return usage !== undefined && usage.output > 0 && usageIsFinal
}

/** It counts if it came at the end, or can be true of what was delivered (M20 to M22). */
function usageOf({ usage, usageIsFinal }: StreamRelay, delivered: number): StreamRelay['usage'] {
  if (usage === undefined || (usage.output === 0 && delivered > 0)) return undefined
  if (usageIsFinal) return usage
  return usage.output * 2 < delivered || usage.output > delivered * 2 ? undefined : usage
}

async function nothingDelivered(serving: Serving): Promise<void> {
  await release(serving)
  record(serving, 'none')
}
