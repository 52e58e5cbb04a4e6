import { randomUUID } from 'node:crypto'
import { capChange, capText } from '../caps.ts'
import { Failure, UsageError, type Command } from '../command.ts'
import { everyItem, findOrganization, organizationOrOnly } from '../lookup.ts'
import { shortTime, table } from '../output.ts'
import { instantOf } from '../parse.ts'

const ORGANIZATION = { flags: '--organization <name>', summary: 'id or name (the only one, or default)' }
const ROLE = { flags: '--role <role>', summary: 'a built-in role, or the id of one of the organization: faregate role list' }
const TEAM = { flags: '--team <id>', summary: 'in which alone the role holds (the whole organization)' }
const CAP = { flags: '--cap <amount/period>', summary: 'how much may be spent with the keys of the member: 1.00/day, 20/month' }

const add: Command = {
  name: 'member add',
  summary: 'Add a member to an organization, with a role of which you hold every permission',
  args: ['<name>', '<email>'],
  options: [ORGANIZATION, ROLE, TEAM, CAP],
  async run(call) {
    const [name = '', email = ''] = call.args
    const role = call.options.text('role')
    if (role === undefined) throw new UsageError('say what the member may do with --role: faregate role list shows the roles')
    const more = { ...call.options.some('team'), ...capChange(call.options, 'cap') }
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.options.text('organization'))
    const member = await client.createMember({ params: { id }, body: { name, email, role, ...more }, idempotencyKey: randomUUID() })
    call.output.result(member, `${member.name} is ${member.id}. Make a management token: faregate member token ${member.id}`)
  },
}

const list: Command = {
  name: 'member list',
  summary: 'List members',
  options: [{ flags: '--organization <name>', summary: 'id or name (all)' }],
  async run(call) {
    const client = await call.client()
    const named = call.options.text('organization')
    const filter = named === undefined ? {} : { organization: (await findOrganization(client, named)).id }
    const all = await everyItem((query) => client.listMembers({ query: { limit: 500, ...filter, ...query } }))
    const rows = all.map(({ id, name, email, role, team, cap, createdAt }) => [
      id,
      name,
      email,
      role,
      team,
      capText(cap),
      shortTime(createdAt),
    ])
    call.output.result(all, table(['id', 'name', 'e-mail', 'role', 'team', 'cap', 'since'], rows))
  },
}

const update: Command = {
  name: 'member update',
  summary: 'Change the name, role, team or spend cap of a member, in force within a second',
  args: ['<id>'],
  options: [
    { flags: '--name <name>', summary: 'name of the member' },
    ROLE,
    TEAM,
    { flags: '--no-team', summary: 'the role holds in the whole organization' },
    CAP,
    { flags: '--no-cap', summary: 'no cap of the member' },
  ],
  async run(call) {
    const [id = ''] = call.args
    const body = { ...call.options.some('name', 'role'), ...call.options.change('team'), ...capChange(call.options, 'cap') }
    if (Object.keys(body).length === 0) throw new UsageError('say what to change: --name, --role, --team, --cap or --no-…')
    const client = await call.client()
    const member = await client.updateMember({ params: { id }, body })
    call.output.result(
      member,
      `${member.name} is ${member.role}${member.team === null ? '' : ` of ${member.team}`}; ${capText(member.cap) ?? 'no cap'}.`,
    )
  },
}

const remove: Command = {
  name: 'member remove',
  summary: 'End a membership; the tokens and keys of the member are revoked for good, its applications get another owner',
  args: ['<id>'],
  options: [{ flags: '--successor <id>', summary: 'the member who owns its applications then (whoever ends it)' }],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.removeMember({ params: { id }, query: call.options.some('successor') })
    call.output.result({ id }, `${id} is no member any more.`)
  },
}

const token: Command = {
  name: 'member token',
  summary: 'Create a management token of a member, who may do what the role allows; it is shown once',
  args: ['<id>'],
  options: [
    { flags: '--name <name>', summary: 'name of the token (token)' },
    { flags: '--expires <when>', summary: 'a date, a time, or a span: 2027-01-31, 30d' },
  ],
  async run(call) {
    const [id = ''] = call.args
    const expires = call.options.text('expires')
    const body = {
      name: call.options.text('name') ?? 'token',
      ...(expires === undefined ? {} : { expiresAt: instantOf(expires, Date.now()) }),
    }
    const client = await call.client()
    const created = await client.createMemberToken({ params: { id }, body, idempotencyKey: randomUUID() })
    if (created.token === undefined) throw new Failure('The gateway answered without the token.', 'Revoke it and create another one.')
    call.output.result(created, `${created.token}  (${created.id}; shown once, keep it now)`)
  },
}

export const memberCommands = [add, list, update, remove, token]
