import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import { BILLING_OPTIONS, billingOf, billingText } from '../billing.ts'
import { capChange, capText } from '../caps.ts'
import { UsageError, type Command } from '../command.ts'
import { LIMIT_OPTION, limitsChange, limitsOf, limitsText, NO_LIMITS_OPTION } from '../limits.ts'
import { everyItem, findOrganization } from '../lookup.ts'
import { fields, shortTime, table } from '../output.ts'
import { DISCLOSURE_OPTION, levelOf, PRICE_OPTIONS, priceTermsOf, priceTermsText } from '../price-terms.ts'

const OVERDRAFT = { flags: '--overdraft <amount>', summary: 'how far below zero a cost beyond its hold may take the balance (0)' }

const create: Command = {
  name: 'org create',
  summary: 'Create an organization and open its wallet',
  args: ['<name>'],
  options: [
    { flags: '--zone <zone>', summary: 'time zone in which days, weeks and months of caps begin (UTC)' },
    OVERDRAFT,
    LIMIT_OPTION,
    ...PRICE_OPTIONS,
    DISCLOSURE_OPTION,
    ...BILLING_OPTIONS,
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const body = {
      name,
      ...call.options.some('zone', 'overdraft'),
      ...limitsOf(call.options),
      ...priceTermsOf(call.options),
      ...levelOf(call.options),
      ...billingOf(call.options),
    }
    const created = await client.createOrganization({ body, idempotencyKey: randomUUID() })
    call.output.result(created, `${created.name} is ${created.id}. Give it credit: faregate grant ${shellWord(created.name)} 5.00`)
  },
}

const list: Command = {
  name: 'org list',
  summary: 'List organizations',
  async run(call) {
    const client = await call.client()
    const all = await everyItem((query) => client.listOrganizations({ query: { limit: 500, ...query } }))
    const rows = all.map((organization) => [
      organization.id,
      organization.name,
      organization.currency,
      organization.zone,
      shortTime(organization.createdAt),
    ])
    call.output.result(all, table(['id', 'name', 'currency', 'zone', 'created'], rows))
  },
}

const show: Command = {
  name: 'org show',
  summary: 'Show an organization with its balance and applications',
  args: ['<organization>'],
  async run(call) {
    const client = await call.client()
    const { id } = await findOrganization(client, call.args[0] ?? '')
    const params = { id }
    const [organization, balance, applications] = await Promise.all([
      client.getOrganization({ params }),
      client.getBalance({ params }),
      everyItem((query) => client.listApplicationsOfOrganization({ params, query: { limit: 500, ...query } })),
    ])
    const text = fields([
      ['id', organization.id],
      ['name', organization.name],
      ['zone', organization.zone],
      ['limits', limitsText(organization.limits) ?? 'none'],
      ['suspended', organization.suspended?.reason],
      ['cap', capText(organization.cap)],
      ['cap of each end user', capText(organization.userCap)],
      ['cap of each tag', capText(organization.tagCap)],
      ['prices', priceTermsText(organization) ?? 'as for everybody'],
      ['refusals tell', organization.disclosure],
      ['billing', billingText(organization)],
      ['available', `${balance.available} ${balance.currency}`],
      ['spendable', balance.mode === 'arrears' ? `${balance.spendable} ${balance.currency}` : undefined],
      ['applications', applications.length === 0 ? 'none' : applications.map((application) => application.name).join(', ')],
    ])
    call.output.result({ ...organization, balance, applications }, text)
  },
}

const suspend: Command = {
  name: 'org suspend',
  summary: 'Refuse every call of its keys, in force within a second; requests that are running end as they are',
  args: ['<organization>'],
  options: [{ flags: '--reason <text>', summary: 'why; callers are told' }],
  async run(call) {
    const reason = call.options.text('reason')
    if (reason === undefined) throw new UsageError('say why with --reason: callers are told')
    const client = await call.client()
    const { id } = await findOrganization(client, call.args[0] ?? '')
    const organization = await client.suspendOrganization({ params: { id }, body: { reason }, idempotencyKey: randomUUID() })
    call.output.result(organization, `${organization.name} is suspended. Undo it: faregate org resume ${shellWord(organization.name)}`)
  },
}

const resume: Command = {
  name: 'org resume',
  summary: 'Let the keys of a suspended organization make calls again',
  args: ['<organization>'],
  async run(call) {
    const client = await call.client()
    const { id } = await findOrganization(client, call.args[0] ?? '')
    const organization = await client.resumeOrganization({ params: { id }, body: {}, idempotencyKey: randomUUID() })
    call.output.result(organization, `${organization.name} makes calls again.`)
  },
}

const update: Command = {
  name: 'org update',
  summary: 'Change the name, zone, spend caps, limits, prices or billing of an organization, in force within a second',
  args: ['<organization>'],
  options: [
    { flags: '--name <name>', summary: 'name of the organization' },
    { flags: '--zone <zone>', summary: 'time zone in which days, weeks and months of caps begin' },
    { flags: '--cap <amount/period>', summary: 'how much all of its keys may spend together: 1.00/day, 20/month, 5/total' },
    { flags: '--no-cap', summary: 'only the balance limits that' },
    { flags: '--user-cap <amount/period>', summary: 'how much each end user, whom requests name in `user`, may spend' },
    { flags: '--no-user-cap', summary: 'nothing limits what one end user spends' },
    { flags: '--tag-cap <amount/period>', summary: 'how much each tag, which requests name in `Faregate-Tags`, may spend' },
    { flags: '--no-tag-cap', summary: 'nothing limits what one tag spends' },
    LIMIT_OPTION,
    NO_LIMITS_OPTION,
    OVERDRAFT,
    ...PRICE_OPTIONS,
    { flags: '--no-overrides', summary: 'single models cost what the others do' },
    DISCLOSURE_OPTION,
    ...BILLING_OPTIONS,
    { flags: '--prepaid', summary: 'it pays beforehand' },
  ],
  async run(call) {
    const { options } = call
    const caps = {
      ...capChange(options, 'cap'),
      ...capChange(options, 'userCap', '--user-cap'),
      ...capChange(options, 'tagCap', '--tag-cap'),
    }
    const terms = { ...limitsChange(options), ...priceTermsOf(options), ...levelOf(options), ...billingOf(options) }
    const body = { ...options.some('name', 'zone', 'overdraft'), ...caps, ...terms }
    if (Object.keys(body).length === 0)
      throw new UsageError(
        'say what to change: --name, --zone, --cap, --user-cap, --tag-cap, --limit, --overdraft, --price-factor, --override, --disclosure, --arrears, --prepaid, or --no-…',
      )
    const client = await call.client()
    const { id } = await findOrganization(client, call.args[0] ?? '')
    const updated = await client.updateOrganization({ params: { id }, body })
    const { name, cap, userCap, tagCap, limits } = updated
    const prices = priceTermsText(updated)
    const more = [
      ...(tagCap === null ? [] : [`each tag: ${capText(tagCap)}`]),
      ...(limits.length === 0 ? [] : [`limits ${limitsText(limits)}`]),
      ...(prices === null ? [] : [`prices ${prices}`]),
      ...(body.billing === undefined ? [] : [billingText(updated)]),
      ...(body.overdraft === undefined ? [] : [`overdraft ${body.overdraft}`]),
    ]
    const text = [`${name}: ${capText(cap) ?? 'no cap'}`, `each end user: ${capText(userCap) ?? 'no cap'}`, ...more].join('; ')
    call.output.result(updated, `${text}.`)
  },
}

export const organizationCommands = [create, list, show, update, suspend, resume]
