import { randomUUID } from 'node:crypto'
import type { RouteOutput, Routes } from '@faregate/contract'
import type { Call, Command } from '../command.ts'
import { listOfOrganization } from '../list-command.ts'
import { findOrganization } from '../lookup.ts'
import { shortTime } from '../output.ts'
import { instantOf } from '../parse.ts'

type Subscription = RouteOutput<Routes['getSubscription']>

const REASON = { flags: '--reason <text>', summary: 'why' }

const create: Command = {
  name: 'subscription create',
  summary: 'Subscribe an organization to a plan',
  args: ['<organization>', '<plan>'],
  options: [
    REASON,
    { flags: '--once', summary: 'for one period: it does not renew by itself' },
    { flags: '--started <when>', summary: 'when it began, elsewhere: a date or a time' },
    { flags: '--paid-until <when>', summary: 'until when it was paid, elsewhere: a date or a time' },
  ],
  async run(call) {
    const [reference = '', plan = ''] = call.args
    const client = await call.client()
    const { id } = await findOrganization(client, reference)
    const [started, paid] = [call.options.text('started'), call.options.text('paidUntil')]
    const body = {
      plan,
      renews: !call.options.is('once'),
      ...call.options.some('reason'),
      ...(started === undefined ? {} : { startedAt: instantOf(started, Date.now(), '--started') }),
      ...(paid === undefined ? {} : { paidUntil: instantOf(paid, Date.now(), '--paid-until') }),
    }
    tell(call, await client.createSubscription({ params: { id }, body, idempotencyKey: randomUUID() }))
  },
}

const checkout: Command = {
  name: 'subscription checkout',
  summary: 'Buy a plan: say where its first period is paid',
  args: ['<organization>', '<plan>'],
  async run(call) {
    const [reference = '', plan = ''] = call.args
    const client = await call.client()
    const { id } = await findOrganization(client, reference)
    const bought = await client.createSubscriptionCheckout({ params: { id }, body: { plan }, idempotencyKey: randomUUID() })
    call.output.result(bought, `${bought.url}\n${bought.amount} for ${bought.plan} v${bought.version} are to be paid there.`)
  },
}

const list = listOfOrganization({
  name: 'subscription list',
  summary: 'List the subscriptions of an organization',
  page: (client, id, query) => client.listSubscriptions({ params: { id }, query }),
  columns: {
    id: ({ id }) => id,
    plan: ({ plan, version }) => `${plan} v${version}`,
    state: ({ state }) => state,
    approval: ({ approval }) => approval,
    until: ({ until }) => shortTime(until),
  },
  none: 'It has no subscription.',
})

const change: Command = {
  name: 'subscription change',
  summary: 'Move a subscription to another plan, or to the newest version of its own',
  args: ['<id>', '<plan>'],
  options: [{ flags: '--preview', summary: 'only tell what it would cost' }],
  async run(call) {
    const [id = '', plan = ''] = call.args
    const client = await call.client()
    const body = { plan, preview: call.options.is('preview') }
    const changed = await client.changeSubscription({ params: { id }, body, idempotencyKey: randomUUID() })
    const { due, version } = changed.preview
    call.output.result(changed, `${id}: to ${plan} v${version} ${body.preview ? 'would cost' : 'cost'} ${due} now.`)
  },
}

const cancel: Command = {
  name: 'subscription cancel',
  summary: 'Cancel a subscription at the end of its period, or at once',
  args: ['<id>'],
  options: [{ flags: '--now', summary: 'at once' }],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    const body = { event: 'cancel', at: call.options.is('now') ? 'now' : 'period_end' } as const
    tell(call, await client.updateSubscription({ params: { id }, body, idempotencyKey: randomUUID() }))
  },
}

function eventCommand(event: 'pause' | 'resume' | 'renew' | 'reapply', summary: string): Command {
  return {
    name: `subscription ${event}`,
    summary,
    args: ['<id>'],
    ...(event === 'reapply' ? { options: [REASON] } : {}),
    async run(call) {
      const [id = ''] = call.args
      const client = await call.client()
      const body = { event, ...call.options.some('reason') }
      tell(call, await client.updateSubscription({ params: { id }, body, idempotencyKey: randomUUID() }))
    },
  }
}

function decisionCommand(decision: 'approve' | 'reject' | 'revoke', summary: string): Command {
  return {
    name: `subscription ${decision}`,
    summary,
    args: ['<id>'],
    options: [REASON],
    async run(call) {
      const [id = ''] = call.args
      const client = await call.client()
      const body = { decision, ...call.options.some('reason') }
      tell(call, await client.decideSubscription({ params: { id }, body, idempotencyKey: randomUUID() }))
    },
  }
}

function tell(call: Call, { id, plan, version, state, until, ...rest }: Subscription): void {
  const end = until === null ? '' : ` until ${shortTime(until)}`
  call.output.result({ id, plan, version, state, until, ...rest }, `${id}: ${plan} v${version} is ${state}${end}.`)
}

export const subscriptionCommands = [
  create,
  checkout,
  list,
  change,
  cancel,
  eventCommand('pause', 'Pause a subscription: nothing is served or charged'),
  eventCommand('resume', 'Resume a subscription that is paused'),
  eventCommand('renew', 'Begin again a subscription that has ended, or take back its cancellation'),
  eventCommand('reapply', 'Ask again for the approval of a subscription'),
  decisionCommand('approve', 'Approve a subscription that waits for it'),
  decisionCommand('reject', 'Reject a subscription that waits for approval'),
  decisionCommand('revoke', 'Take back the approval of a subscription'),
]
