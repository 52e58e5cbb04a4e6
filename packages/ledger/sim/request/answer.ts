import { record, type Serving } from './serving.ts'
import { costOf, nobodyThere, release, settle } from './settle.ts'

/** An answer that was collected whole: settled first, then sent (M16). */
export async function deliverAnswer(serving: Serving): Promise<void> {
  const { plan, exchange, caller, step } = serving
  exchange.produced = plan.events.reduce((sum, tokens) => sum + tokens, 0)
  exchange.usage = plan.usage === undefined ? undefined : { ...plan.usage, final: true }
  const cost = await costOf(serving, plan.usage, async () => {
    await step('counts the answer')
    return exchange.produced
  })
  if (caller.left) return nobodyThere(serving)
  if (!(await settle(serving, cost, 'void', true))) return record(serving, 'none')
  await step('last byte')
  exchange.whole = !caller.left
  if (exchange.whole) exchange.accepted = exchange.produced
  record(serving, exchange.whole ? 'confirmed' : 'unconfirmed')
}

/** An answer too large to collect: forwarded as it comes, the end withheld until it is settled (M16). */
export async function deliverLarge(serving: Serving): Promise<void> {
  const { plan, exchange, caller, step } = serving
  let cut = false
  const accept = async (tokens: number): Promise<void> => {
    await step('socket accepts')
    if (!caller.left && !cut) exchange.accepted += tokens
  }
  for (const tokens of plan.events) {
    await step('upstream sends')
    if (caller.left) break
    exchange.produced += tokens
    void accept(tokens)
  }
  cut = caller.left || plan.ending !== 'whole'
  if (!cut) exchange.usage = plan.usage === undefined || plan.usage.output === 0 ? undefined : { ...plan.usage, final: true }
  const count = cut ? exchange.accepted : exchange.produced
  const cost = await costOf(serving, exchange.usage, async () => count)
  if (cut && exchange.accepted === 0) {
    await release(serving)
    return record(serving, 'none')
  }
  if (!(await settle(serving, cost, 'post', !cut)) || cut) return record(serving, 'unconfirmed')
  await step('last byte')
  exchange.whole = !caller.left
  record(serving, exchange.whole ? 'confirmed' : 'unconfirmed')
}
