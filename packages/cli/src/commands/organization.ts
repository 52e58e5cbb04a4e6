import { randomUUID } from 'node:crypto'
import type { Command } from '../command.ts'
import { LIMIT_OPTION, limitsOf, limitsText } from '../limits.ts'
import { DEFAULT_NAME, everyItem, findOrganization, labelOf, organizationOrOnly } from '../lookup.ts'
import { fields, shortTime, table } from '../output.ts'
import { shellWord } from '../shell.ts'

const create: Command = {
  name: 'org create',
  summary: 'Create an organization and open its wallet',
  args: ['<name>'],
  options: [
    { flags: '--zone <zone>', summary: 'time zone in which days, weeks and months of caps begin (UTC)' },
    { flags: '--overdraft <amount>', summary: 'how far below zero a cost beyond its hold may take the balance (0)' },
    LIMIT_OPTION,
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const body = { name, ...call.options.some('zone', 'overdraft'), ...limitsOf(call.options) }
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
      ['available', `${balance.available} ${balance.currency}`],
      ['applications', applications.length === 0 ? 'none' : applications.map((application) => application.name).join(', ')],
    ])
    call.output.result({ ...organization, balance, applications }, text)
  },
}

const createApplication: Command = {
  name: 'app create',
  summary: 'Create an application of an organization',
  args: ['<name>'],
  options: [{ flags: '--organization <name>', summary: 'id or name (the only one, or default)' }, LIMIT_OPTION],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const organization = await organizationOrOnly(client, call.options.text('organization'))
    const body = { name, ...limitsOf(call.options) }
    const created = await client.createApplication({ params: { id: organization.id }, body, idempotencyKey: randomUUID() })
    // `key create` alone means the organization `default`.
    const owner = organization.name === DEFAULT_NAME ? '' : ` --organization ${shellWord(labelOf(organization))}`
    const next = `faregate key create${owner} --application ${shellWord(created.name)}`
    call.output.result(created, `${created.name} is ${created.id}. Give it a key: ${next}`)
  },
}

const listApplications: Command = {
  name: 'app list',
  summary: 'List applications',
  options: [{ flags: '--organization <name>', summary: 'id or name (all)' }],
  async run(call) {
    const client = await call.client()
    const named = call.options.text('organization')
    const filter = named === undefined ? {} : { organization: (await findOrganization(client, named)).id }
    const all = await everyItem((query) => client.listApplications({ query: { limit: 500, ...filter, ...query } }))
    const rows = all.map((application) => [application.id, application.name, application.organization, shortTime(application.createdAt)])
    call.output.result(all, table(['id', 'name', 'organization', 'created'], rows))
  },
}

export const organizationCommands = [create, list, show, createApplication, listApplications]
