import { newId, parseAmount } from '@faregate/core'
import { openTopUp, type TopUpNeeds } from '@faregate/admin/top-up'
import type { OrganizationRow } from '@faregate/admin'
import type { PaymentRail } from '@faregate/billing/rails/port'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../log/log.ts'
import { html, type Html } from '../pages/html.ts'
import { PAGE_HEADERS, page } from '../pages/layout.ts'
import type { Payments } from './payments.ts'

export interface TopUpPageDeps extends TopUpNeeds, Pick<Payments, 'organizationOf' | 'pageOf'> {
  rail: PaymentRail
  version: string
  log: Pick<Logger, 'warn'>
}

type Visit = FastifyRequest<{ Params: { link: string } }>

const USUAL_AMOUNT = '20.00'

/** The form leads on to the rail's own page. */
const HEADERS = {
  ...PAGE_HEADERS,
  'content-security-policy': (PAGE_HEADERS['content-security-policy'] ?? '').replace("form-action 'self'", "form-action 'self' https:"),
  'cache-control': 'no-store',
}

/** The page behind the link in a refusal: whoever has it may pay for that organization, and sees nothing of it but its name. */
export function mountTopUpPage(server: FastifyInstance, deps: TopUpPageDeps): void {
  server.get('/top-up/:link', async (request: Visit, reply) => {
    const organization = await organizationOf(deps, request)
    if (organization === undefined) return send(deps, reply, 404, NO_LINK)
    return send(deps, reply, 200, form(organization, deps.currency))
  })
  server.post('/top-up/:link', { bodyLimit: 4096 }, async (request: Visit, reply) => {
    const organization = await organizationOf(deps, request)
    if (organization === undefined) return send(deps, reply, 404, NO_LINK)
    const fields = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '')
    const amount = parseAmount(fields.get('amount')?.trim() ?? '')
    if (amount === undefined) return send(deps, reply, 400, form(organization, deps.currency, 'write a decimal above zero, like 20.00'))
    const id = newId('pay', deps.clock.now(), deps.random)
    const order = { id, organization, amount, returnTo: deps.pageOf(organization.id), actor: 'link' }
    const opened = await openTopUp(deps, deps.rail, order)
    if (opened.status === 'open') return reply.redirect(opened.url, 303)
    if (opened.status === 'unavailable')
      deps.log.warn({ rail: deps.rail.name, cause: opened.operatorDetail }, 'no page to pay on was opened')
    const reason = 'reason' in opened ? opened.reason : 'try again'
    return send(deps, reply, opened.status === 'unpayable' ? 400 : 503, form(organization, deps.currency, reason))
  })
}

async function organizationOf(deps: TopUpPageDeps, { params }: Visit): Promise<OrganizationRow | undefined> {
  const id = deps.organizationOf(params.link)
  return id === undefined ? undefined : deps.store.read.organizations.get(id)
}

const NO_LINK = html`<p>There is no such page. Follow the link in the refusal itself, or ask whoever sent it to you.</p>`

function form({ name }: OrganizationRow, currency: string, problem?: string): Html {
  return html`${problem === undefined ? undefined : html`<p role="alert" class="failing">That did not work: ${problem}.</p>`}
    <p>Credit for ${name}. You pay on the page of the payment provider; the credit is there as soon as the provider confirms it.</p>
    <form method="post">
      <label for="amount">Amount in ${currency}</label>
      <input id="amount" name="amount" inputmode="decimal" autocomplete="off" value="${USUAL_AMOUNT}" required />
      <button type="submit">Pay</button>
    </form>`
}

function send({ version }: TopUpPageDeps, reply: FastifyReply, status: number, body: Html): FastifyReply {
  return reply
    .code(status)
    .headers(HEADERS)
    .send(page('Top up', body, version))
}
