import { newId, type Clock, type EventName, type Random } from '@faregate/core'
import type { WebhookRow } from '@faregate/admin'
import type { Store } from '@faregate/store'
import { enabledWebhooks, mark, marksOf, unmark, unmarkTold } from '@faregate/store/queries/index'
import { alertOver } from './api-alerts.ts'
import { CONDITIONS, type Holding } from './conditions.ts'

export interface WatchNeeds {
  store: Pick<Store, 'read' | 'write'>
  clock: Clock
  random: Random
}

/** So many are told of in one round; the others in the next ones. */
const AT_ONCE = 200

/**
 * Looks at how things stand for every webhook and tells it what began to hold. The mark that it was told and the delivery
 * are one transaction, so a kill loses neither; what has ended is forgotten, and told again when it begins again. Costs
 * requests nothing, and the database nothing while there is no webhook.
 *
 * A look that fails keeps nobody from being told of the others. Rejects at the end with all that failed.
 */
export async function watch(needs: WatchNeeds): Promise<void> {
  const failures: unknown[] = []
  const failed = (error: unknown): void => void failures.push(error)
  for (const webhook of await enabledWebhooks(needs.store.read)) await watchFor(needs, webhook, failed).catch(failed)
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '))
}

async function watchFor({ store, clock, random }: WatchNeeds, webhook: WebhookRow, failed: (error: unknown) => void): Promise<void> {
  const now = clock.now()
  const marks = await marksOf(store.read, webhook.id)
  const holding = new Map<string, Holding & { type: EventName }>()
  const unread: EventName[] = []
  for (const type of webhook.events) {
    try {
      const found = (await CONDITIONS[type]?.({ read: store.read, webhook, now, marks })) ?? []
      for (const one of found) holding.set(one.subject, { ...one, type })
    } catch (error) {
      unread.push(type)
      failed(error)
    }
  }
  // Of what could not be read nobody knows whether it has ended.
  const isKnown = (subject: string): boolean => !unread.some((type) => subject.startsWith(`${type}:`))
  const begun = [...holding.values()].filter(({ subject }) => !marks.has(subject)).slice(0, AT_ONCE)
  const ended = [...marks.keys()].filter((subject) => !holding.has(subject) && isKnown(subject)).slice(0, AT_ONCE)
  const [over, forgotten] = [ended.filter((subject) => toldOver(webhook, subject)), ended.filter((subject) => !toldOver(webhook, subject))]
  if (begun.length === 0 && ended.length === 0) return
  await store.write(async (trx) => {
    for (const { subject, type, organization, data } of begun) {
      await mark(trx, webhook.id, subject, { id: newId('evt', now, random), type, organization, at: now, data })
    }
    for (const subject of over) {
      const event = { id: newId('evt', now, random), type: 'api.alert', organization: null, at: now, data: alertOver(subject) ?? {} }
      await unmarkTold(trx, webhook.id, subject, event)
    }
    if (forgotten.length > 0) await unmark(trx, webhook.id, forgotten)
  })
}

/** Whether a webhook is told, too, when this is over. */
function toldOver({ events }: WebhookRow, subject: string): boolean {
  return events.includes('api.alert') && alertOver(subject) !== undefined
}
