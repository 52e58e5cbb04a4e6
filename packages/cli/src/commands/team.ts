import { randomUUID } from 'node:crypto'
import { capChange, capText } from '../caps.ts'
import { UsageError, type Command } from '../command.ts'
import { everyItem, findOrganization, organizationOrOnly } from '../lookup.ts'
import { shortTime, table } from '../output.ts'

const CAP = { flags: '--cap <amount/period>', summary: 'how much its applications may spend together: 1.00/day, 20/month, 5/total' }

const create: Command = {
  name: 'team create',
  summary: 'Create a team of an organization; its applications spend under one cap',
  args: ['<name>'],
  options: [{ flags: '--organization <name>', summary: 'id or name (the only one, or default)' }, CAP],
  async run(call) {
    const cap = capChange(call.options, 'cap')
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.options.text('organization'))
    const body = { name: call.args[0] ?? '', ...cap }
    const team = await client.createTeam({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result(team, `${team.name} is ${team.id}. Move an application to it: faregate app update APPLICATION --team ${team.id}`)
  },
}

const list: Command = {
  name: 'team list',
  summary: 'List teams',
  options: [{ flags: '--organization <name>', summary: 'id or name (all)' }],
  async run(call) {
    const client = await call.client()
    const named = call.options.text('organization')
    const filter = named === undefined ? {} : { organization: (await findOrganization(client, named)).id }
    const all = await everyItem((query) => client.listTeams({ query: { limit: 500, ...filter, ...query } }))
    const rows = all.map((team) => [team.id, team.name, team.organization, capText(team.cap), shortTime(team.createdAt)])
    call.output.result(all, table(['id', 'name', 'organization', 'cap', 'created'], rows))
  },
}

const update: Command = {
  name: 'team update',
  summary: 'Change the name or the spend cap of a team, in force within a second',
  args: ['<id>'],
  options: [
    { flags: '--name <name>', summary: 'name of the team' },
    CAP,
    { flags: '--no-cap', summary: 'nothing limits what its applications spend together' },
  ],
  async run(call) {
    const [id = ''] = call.args
    const body = { ...call.options.some('name'), ...capChange(call.options, 'cap') }
    if (Object.keys(body).length === 0) throw new UsageError('say what to change: --name, --cap or --no-cap')
    const client = await call.client()
    const team = await client.updateTeam({ params: { id }, body })
    call.output.result(team, `${team.name}: ${capText(team.cap) ?? 'no cap'}.`)
  },
}

const remove: Command = {
  name: 'team delete',
  summary: 'Remove a team that no application belongs to',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.deleteTeam({ params: { id } })
    call.output.result({ id }, `${id} is removed.`)
  },
}

export const teamCommands = [create, list, update, remove]
