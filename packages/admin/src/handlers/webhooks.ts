import { parseAmount, type EventName, type Nano } from '@faregate/core'
import type { RouteOutput, Routes } from '@faregate/contract'
import { freshId, ownOrganization, visibleOrganization, type Context, type Handlers } from '../call.ts'
import { change } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import { presentWebhook } from '../present/webhook.ts'
import type { AdminQueries } from '../ports.ts'
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
    await checkMailAddress(context, trx, row)
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

const MAIL = 'mailto:'

function isMail(url: string): boolean {
  return url.startsWith(MAIL)
}

/** 400 where no mail is sent, and where an organization would have it sent to somebody who is none of its members. */
export async function checkMailAddress(
  { deps }: Context,
  queries: Pick<AdminQueries, 'members'>,
  { url, organization, trusted }: Pick<WebhookRow, 'url' | 'organization' | 'trusted'>,
): Promise<void> {
  if (!isMail(url)) return
  if (!deps.sendsMail) invalid('/url', 'this gateway sends no mail: its operator sets `mail` in the configuration')
  if (organization === null || trusted) return
  const email = url.slice(MAIL.length).toLowerCase()
  const [member] = await queries.members.list({ limit: 1 }, { organization, email })
  if (member === undefined) invalid('/url', `no member of the organization has the address ${email}`)
}

/** 400 for a URL that is not called, and for a threshold without its event or the other way round. */
export function checkWebhook({ deps }: Context, row: Pick<WebhookRow, 'url' | 'events' | 'trusted'> & { balanceBelow: Nano | null }): void {
  const why = row.trusted || isMail(row.url) ? undefined : deps.refusedUrl(row.url)
  if (why !== undefined) invalid('/url', why)
  const wants = row.events.includes('balance.low')
  if (wants && row.balanceBelow === null) invalid('/balanceBelow', 'balance.low needs the balance below which it is told')
  if (!wants && row.balanceBelow !== null) invalid('/balanceBelow', 'it is for balance.low, which this webhook is not told')
}
