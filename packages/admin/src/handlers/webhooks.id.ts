import { parseAmount, TEST_EVENT } from '@faregate/core'
import { freshId, visible, type Context, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentDelivery, presentWebhook } from '../present/webhook.ts'
import { invalid, notFound } from '../refusal.ts'
import type { AdminQueries } from '../ports.ts'
import type { WebhookRow } from '../webhook-rows.ts'
import { checkWebhook, isTrusted } from './webhooks.ts'

type Names = 'getWebhook' | 'updateWebhook' | 'deleteWebhook' | 'listDeliveries' | 'testWebhook' | 'replayWebhook'

export const webhooksId: Handlers<Names> = {
  async getWebhook(call) {
    return presentWebhook(await visibleWebhook(call, call.deps.store.read, call.params.id))
  },

  async updateWebhook(call) {
    const {
      params: { id },
      body,
    } = call
    return change(call, async (trx) => {
      const before = await visibleWebhook(call, trx, id)
      const { url = before.url, events = before.events, enabled = before.enabled } = body
      const balanceBelow = body.balanceBelow === undefined ? before.balanceBelow : (parseAmount(body.balanceBelow ?? '') ?? null)
      // A URL is trusted for the one who set it.
      const trusted = body.url === undefined ? before.trusted : isTrusted(call)
      const changed = { url, events: [...new Set(events)], enabled, balanceBelow, trusted }
      checkWebhook(call, changed)
      await trx.updateWebhook(id, changed)
      const answer = presentWebhook({ ...before, ...changed })
      const event = {
        action: 'webhook.update',
        subject: id,
        organization: before.organization,
        before: presentWebhook(before),
        after: answer,
      }
      return { event, answer }
    })
  },

  async deleteWebhook(call) {
    const {
      params: { id },
    } = call
    await change(call, async (trx) => {
      const before = await visibleWebhook(call, trx, id)
      await trx.deleteWebhook(id)
      const event = { action: 'webhook.delete', subject: id, organization: before.organization, before: presentWebhook(before) }
      return { event, answer: undefined }
    })
    return undefined
  },

  async listDeliveries(call) {
    const { deps, query } = call
    const { id: webhook } = await visibleWebhook(call, deps.store.read, call.params.id)
    const rows = await deps.store.read.webhooks.deliveries(pagingOf(query), { webhook, state: query.state })
    return pageOf(rows, query.limit, ({ event }) => event, presentDelivery)
  },

  async testWebhook(call) {
    const event = freshId(call, 'evt')
    return change(call, async (trx) => {
      const { id, organization } = await visibleWebhook(call, trx, call.params.id)
      await trx.insertEvent({ id: event, type: TEST_EVENT, organization, at: call.deps.clock.now(), data: { webhook: id } }, id)
      return { event: { action: 'webhook.test', subject: id, organization, after: { event } }, answer: { event } }
    })
  },

  async replayWebhook(call) {
    const {
      params: { id },
      body: { event, since },
    } = call
    return change(call, async (trx) => {
      const { organization } = await visibleWebhook(call, trx, id)
      if ((event === undefined) === (since === undefined)) invalid('', 'send either `event` or `since`')
      const which = event === undefined ? { since: Date.parse(since ?? '') } : { event }
      const replayed = await trx.replayDeliveries(id, which, call.deps.clock.now())
      if (replayed === 0 && event !== undefined) notFound('delivery of the event', event)
      return { event: { action: 'webhook.replay', subject: id, organization, after: { ...call.body, replayed } }, answer: { replayed } }
    })
  },
}

async function visibleWebhook(context: Context, queries: AdminQueries, id: string): Promise<WebhookRow> {
  return visible(context, await queries.webhooks.get(id), 'webhook', id)
}
