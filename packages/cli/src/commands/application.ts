import { shellWord } from '@faregate/core'
import { randomUUID } from 'node:crypto'
import { UsageError, type Command } from '../command.ts'
import { LIMIT_OPTION, limitsChange, limitsOf, NO_LIMITS_OPTION } from '../limits.ts'
import { DEFAULT_NAME, everyItem, findOrganization, labelOf, organizationOrOnly } from '../lookup.ts'
import { shortTime, table } from '../output.ts'

const create: Command = {
  name: 'app create',
  summary: 'Create an application of an organization',
  args: ['<name>'],
  options: [
    { flags: '--organization <name>', summary: 'id or name (the only one, or default)' },
    { flags: '--team <id>', summary: 'the team whose spend cap it counts against (none)' },
    { flags: '--owner <id>', summary: 'the member whom to turn to (you, where you are one)' },
    LIMIT_OPTION,
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const organization = await organizationOrOnly(client, call.options.text('organization'))
    const body = { name, ...call.options.some('team', 'owner'), ...limitsOf(call.options) }
    const created = await client.createApplication({ params: { id: organization.id }, body, idempotencyKey: randomUUID() })
    // `key create` alone means the organization `default`.
    const owner = organization.name === DEFAULT_NAME ? '' : ` --organization ${shellWord(labelOf(organization))}`
    const next = `faregate key create${owner} --application ${shellWord(created.name)}`
    call.output.result(created, `${created.name} is ${created.id}. Give it a key: ${next}`)
  },
}

const list: Command = {
  name: 'app list',
  summary: 'List applications',
  options: [
    { flags: '--organization <name>', summary: 'id or name (all)' },
    { flags: '--owner <id>', summary: 'only those of a member' },
  ],
  async run(call) {
    const client = await call.client()
    const named = call.options.text('organization')
    const organization = named === undefined ? {} : { organization: (await findOrganization(client, named)).id }
    const filter = { ...organization, ...call.options.some('owner') }
    const all = await everyItem((query) => client.listApplications({ query: { limit: 500, ...filter, ...query } }))
    const rows = all.map((application) => [
      application.id,
      application.name,
      application.organization,
      application.team,
      application.owner,
      shortTime(application.createdAt),
    ])
    call.output.result(all, table(['id', 'name', 'organization', 'team', 'owner', 'created'], rows))
  },
}

const update: Command = {
  name: 'app update',
  summary: 'Rename an application, or move it to another team or owner, in force within a second',
  args: ['<id>'],
  options: [
    { flags: '--name <name>', summary: 'name of the application' },
    { flags: '--team <id>', summary: 'the team whose spend cap it counts against' },
    { flags: '--no-team', summary: 'it belongs to no team' },
    { flags: '--owner <id>', summary: 'the member whom to turn to' },
    { flags: '--no-owner', summary: 'nobody to turn to' },
    LIMIT_OPTION,
    NO_LIMITS_OPTION,
  ],
  async run(call) {
    const [id = ''] = call.args
    const { options } = call
    const body = { ...options.some('name'), ...options.change('team'), ...options.change('owner'), ...limitsChange(options) }
    if (Object.keys(body).length === 0) throw new UsageError('say what to change: --name, --team, --owner, --limit or --no-…')
    const client = await call.client()
    const application = await client.updateApplication({ params: { id }, body })
    const { name, team, owner } = application
    call.output.result(application, `${name} belongs to ${team ?? 'no team'}${owner === null ? '' : `; ${owner} owns it`}.`)
  },
}

export const applicationCommands = [create, list, update]
