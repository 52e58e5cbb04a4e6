import { randomUUID } from 'node:crypto'
import type { Client, RouteInput, Routes } from '@faregate/contract'
import { PLAN_FEATURES } from '@faregate/core'
import { UsageError, type Command, type Options } from '../command.ts'
import { LIMIT_OPTION, limitsOf, limitsText } from '../limits.ts'
import { everyItem, findOrganization } from '../lookup.ts'
import { table } from '../output.ts'
import { PRICE_OPTIONS, priceTermsOf } from '../price-terms.ts'

type PlanBody = RouteInput<Routes['createPlan']>['body']

const PERIODS = ['month', 'quarter', 'year', 'free'] as const

const planCreate: Command = {
  name: 'plan create',
  summary: 'Create a plan, or the next version of one',
  args: ['<name>'],
  options: [
    { flags: '--price <amount>', summary: 'for each period (0, where the period is free)' },
    { flags: '--period <period>', summary: 'month, quarter, year or free (month)' },
    {
      flags: '--model <pattern>',
      summary: 'a model that it includes, or a pattern with * (all, where it includes no API)',
      repeatable: true,
    },
    { flags: '--api <pattern>', summary: 'a published API that it includes, or a pattern with *', repeatable: true },
    {
      flags: '--quota <quota>',
      summary: 'COUNTS:MODELS:LIMIT[:OVERAGE], like requests:gpt-*:1000 or tokens:*:50000:1.5',
      repeatable: true,
    },
    { flags: '--api-quota <quota>', summary: 'APIS:LIMIT[:OVERAGE], calls of these in each period, like weather:1000', repeatable: true },
    { flags: '--trial-days <number>', summary: 'days that cost nothing (0)' },
    { flags: '--grace-days <number>', summary: 'days that it is served after a payment has failed (3)' },
    { flags: '--credit <amount>', summary: 'put on the balance with each period (0)' },
    LIMIT_OPTION,
    ...PRICE_OPTIONS,
    { flags: '--feature <name>', summary: `what it includes of ${PLAN_FEATURES.join(', ')} (all); may be repeated`, repeatable: true },
    { flags: '--exclusive', summary: 'what it includes is sold by plan only' },
    { flags: '--unlisted', summary: 'only the operator, or who sells it, can subscribe to it' },
    { flags: '--org <organization>', summary: 'who sells it (whoever makes it): its own APIs alone, by their names' },
    { flags: '--payment-method', summary: 'served only to whoever has a saved payment method' },
    { flags: '--approval', summary: 'a subscription waits until it is approved' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const body = { ...bodyOf(name, call.options), ...(await sellerOf(client, call.options)) }
    const created = await client.createPlan({ body, idempotencyKey: randomUUID() })
    call.output.result(created, `${created.name} v${created.version}: ${created.price} each ${created.period}.`)
  },
}

/** For whom a plan is made; nothing where nobody is named. */
async function sellerOf(client: Client, options: Options): Promise<Pick<PlanBody, 'organization'>> {
  const reference = options.text('org')
  return reference === undefined ? {} : { organization: (await findOrganization(client, reference)).id }
}

function bodyOf(name: string, options: Options): PlanBody {
  const period = options.text('period') ?? 'month'
  const known = PERIODS.find((one) => one === period)
  if (known === undefined) throw new UsageError(`--period is "${period}": one of ${PERIODS.join(', ')}`)
  const text = options.some('credit')
  const apis = options.list('api') ?? []
  const [trialDays, graceDays] = [options.text('trialDays'), options.text('graceDays')]
  return {
    name,
    price: options.text('price') ?? '0',
    period: known,
    models: options.list('model') ?? (apis.length === 0 ? ['*'] : []),
    apis,
    quotas: [...(options.list('quota') ?? []).map(quotaOf), ...(options.list('apiQuota') ?? []).map(apiQuotaOf)],
    exclusive: options.is('exclusive'),
    listed: !options.is('unlisted'),
    approval: options.is('approval'),
    paymentMethod: options.is('paymentMethod'),
    ...featuresOf(options),
    ...priceTermsOf(options),
    ...text,
    ...limitsOf(options),
    ...(trialDays === undefined ? {} : { trialDays: Number(trialDays) }),
    ...(graceDays === undefined ? {} : { graceDays: Number(graceDays) }),
  }
}

function featuresOf(options: Options): Pick<PlanBody, 'features'> {
  const names = options.list('feature')
  if (names === undefined) return {}
  const features = names.map((name) => {
    const known = PLAN_FEATURES.find((feature) => feature === name)
    if (known === undefined) throw new UsageError(`--feature is "${name}": one of ${PLAN_FEATURES.join(', ')}`)
    return known
  })
  return { features }
}

function quotaOf(text: string) {
  // A model's name may have colons of its own.
  const [, counts, models, limit, overage] = /^(requests|tokens):(.+?):(\d+)(?::([\d.]+))?$/.exec(text) ?? []
  if ((counts !== 'requests' && counts !== 'tokens') || models === undefined) {
    throw new UsageError(`--quota is "${text}": write COUNTS:MODELS:LIMIT[:OVERAGE], like requests:gpt-*:1000`)
  }
  return { counts, models, limit: Number(limit), overage: overage ?? null } as const
}

function apiQuotaOf(text: string) {
  const [, apis, limit, overage] = /^([^:]+):(\d+)(?::([\d.]+))?$/.exec(text) ?? []
  if (apis === undefined) throw new UsageError(`--api-quota is "${text}": write APIS:LIMIT[:OVERAGE], like weather:1000`)
  return { counts: 'requests', apis, limit: Number(limit), overage: overage ?? null } as const
}

const planList: Command = {
  name: 'plan list',
  summary: 'List the plans that are on sale',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listPlans({})
    const rows = data.map((plan) => [
      plan.name,
      String(plan.version),
      plan.organization ?? '',
      plan.price,
      plan.period,
      plan.models.join(', '),
      plan.apis.join(', '),
      plan.quotas.map(({ counts, models, apis, limit }) => `${limit} ${counts} of ${models ?? apis}`).join(', '),
      limitsText(plan.limits),
    ])
    const none = 'There is no plan: everything is sold from the balance.'
    call.output.result(data, table(['name', 'version', 'sold by', 'price', 'period', 'models', 'apis', 'quotas', 'limits'], rows, none))
  },
}

const planSubscriptions: Command = {
  name: 'plan subscriptions',
  summary: 'List who has subscribed to a plan',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const all = await everyItem((cursor) => client.listPlanSubscriptions({ params: { name }, query: { limit: 500, ...cursor } }))
    const rows = all.map((one) => [one.id, one.organization, `v${one.version}`, one.state, one.approval, one.reason ?? ''])
    const none = 'Nobody has subscribed to it.'
    call.output.result(all, table(['id', 'organization', 'version', 'state', 'approval', 'reason'], rows, none))
  },
}

export const planCommands = [planCreate, planList, planSubscriptions]
