import type { OrganizationRow } from '@faregate/admin'
import type { TopUpNeeds } from '@faregate/admin/top-up'
import type { Checkout, NoCheckout, PaymentRail } from '@faregate/billing/rails/port'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../log/log.ts'
import { html, type Html } from '../pages/html.ts'
import { PAGE_HEADERS, page } from '../pages/layout.ts'
import type { LinkedPage, Payments } from './payments.ts'

export interface LinkedPageDeps extends TopUpNeeds, Omit<Payments, 'rail'> {
  rail: PaymentRail
  version: string
  log: Pick<Logger, 'warn'>
  /** The configuration changed: take it up. */
  changed(): Promise<void>
}

/** A page behind a link: whoever has that may act for the organization there, and sees nothing of it but its name. */
export interface LinkedForm {
  at: LinkedPage
  title: string
  form: (organization: OrganizationRow, problem?: string) => Promise<Html> | Html
  /** What was sent leads on to a page of the rail, or why not; a text is what was wrong with it. */
  open: (organization: OrganizationRow, fields: URLSearchParams) => Promise<Checkout | NoCheckout | { status: 'taken' } | string>
}

type Visit = FastifyRequest<{ Params: { link: string } }>

const NO_LINK = html`<p>There is no such page. Follow the link in the refusal itself, or ask whoever sent it to you.</p>`

/** Serves a form behind links of ours. */
export function mountLinkedForm(server: FastifyInstance, deps: LinkedPageDeps, { at, title, form, open }: LinkedForm): void {
  const send = (reply: FastifyReply, status: number, body: Html): FastifyReply =>
    reply
      .code(status)
      .headers(headersFor(deps.rail))
      .send(page(title, body, deps.version))
  server.get(`/${at}/:link`, async (request: Visit, reply) => {
    const organization = await organizationOf(deps, at, request)
    if (organization === undefined) return send(reply, 404, NO_LINK)
    return send(reply, 200, await form(organization))
  })
  server.post(`/${at}/:link`, { bodyLimit: 4096 }, async (request: Visit, reply) => {
    const organization = await organizationOf(deps, at, request)
    if (organization === undefined) return send(reply, 404, NO_LINK)
    const opened = await open(organization, new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''))
    if (typeof opened === 'string') return send(reply, 400, await form(organization, opened))
    if (opened.status === 'open') return reply.redirect(opened.url, 303)
    if (opened.status === 'unavailable')
      deps.log.warn({ rail: deps.rail.name, cause: opened.operatorDetail }, 'no page of the payment rail was opened')
    const reason = 'reason' in opened ? opened.reason : 'try again'
    return send(reply, opened.status === 'unpayable' ? 400 : 503, await form(organization, reason))
  })
}

/** Forms lead on to the rail's own pages. */
function headersFor({ plainOrigin }: PaymentRail): Record<string, string> {
  const targets = `form-action 'self' https:${plainOrigin === undefined ? '' : ` ${plainOrigin}`}`
  const policy = (PAGE_HEADERS['content-security-policy'] ?? '').replace("form-action 'self'", targets)
  return { ...PAGE_HEADERS, 'content-security-policy': policy, 'cache-control': 'no-store' }
}

async function organizationOf(deps: LinkedPageDeps, at: LinkedPage, { params }: Visit): Promise<OrganizationRow | undefined> {
  const id = deps.organizationOf(at, params.link)
  return id === undefined ? undefined : deps.store.read.organizations.get(id)
}

/** What was wrong with what was sent, above a form. */
export function problemNote(problem: string | undefined): Html | undefined {
  return problem === undefined ? undefined : html`<p role="alert" class="failing">That did not work: ${problem}.</p>`
}
