import { parseAmount, type EventName, type Nano } from '@faregate/core'
import type { RouteOutput, Routes } from '@faregate/contract'
import { freshId, ownOrganization, visibleOrganization, type Context, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentWebhook } from '../present/webhook.ts'
import { invalid } from '../refusal.ts'
import type { WebhookRow } from '../webhook-rows.ts'

type Names = 'listWebhooks' | 'createWebhook' | 'createWebhookOfOrganization'

const SECRET_BYTES = 32

export const webhooks: Handlers<Names> = {
  async listWebhooks(call) {
    const organization = ownOrganization(call, call.query.organization)
    const rows = await call.deps.store.read.webhooks.list(pagingOf(call.query), { organization })
    return pageOf(rows, call.query.limit, ({ id }) => id, presentWebhook)
  },

  createWebhook: (call) => create(call, null, call.body),

  async createWebhookOfOrganization(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    return create(call, id, call.body)
  },
}

interface Fields {
  url: string
  events: EventName[]
  balanceBelow?: string | undefined
}

async function create(context: Context, organization: string | null, fields: Fields): Promise<RouteOutput<Routes['createWebhook']>> {
  const { deps } = context
  const id = freshId(context, 'we')
  const secret = `whsec_${Buffer.from(deps.random.bytes(SECRET_BYTES)).toString('base64')}`
  const row: WebhookRow = {
    id,
    organization,
    url: fields.url,
    secretSealed: deps.seal(secret, `webhook:${id}`),
    events: [...new Set(fields.events)],
    balanceBelow: parseAmount(fields.balanceBelow ?? '') ?? null,
    enabled: true,
    trusted: isTrusted(context),
    createdAt: deps.clock.now(),
  }
  checkWebhook(context, row)
  return change(context, async (trx) => {
    await trx.insertWebhook(row)
    const shown = presentWebhook(row)
    return {
      event: { action: 'webhook.create', subject: id, organization, after: shown },
      answer: { ...shown, secret },
      repeated: shown,
    }
  })
}

/** The operator alone may have the gateway call into its own network. */
export function isTrusted({ credential }: Context): boolean {
  return credential.id === 'operator'
}

/** 400 for a URL that is not called, and for a threshold without its event or the other way round. */
export function checkWebhook({ deps }: Context, row: Pick<WebhookRow, 'url' | 'events' | 'trusted'> & { balanceBelow: Nano | null }): void {
  const why = row.trusted ? undefined : deps.refusedUrl(row.url)
  if (why !== undefined) invalid('/url', why)
  const wants = row.events.includes('balance.low')
  if (wants && row.balanceBelow === null) invalid('/balanceBelow', 'balance.low needs the balance below which it is told')
  if (!wants && row.balanceBelow !== null) invalid('/balanceBelow', 'it is for balance.low, which this webhook is not told')
}
