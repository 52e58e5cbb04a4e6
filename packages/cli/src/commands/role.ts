import { randomUUID } from 'node:crypto'
import { UsageError, type Command, type Options } from '../command.ts'
import type { Permission } from '@faregate/contract'
import { organizationOrOnly } from '../lookup.ts'
import { table } from '../output.ts'

const PERMISSION = { flags: '--permission <permission>', summary: 'what it allows, like keys:write; may be repeated', repeatable: true }
const ORGANIZATION = { flags: '--organization <name>', summary: 'id or name (the only one, or default)' }

const list: Command = {
  name: 'role list',
  summary: 'List the built-in roles and those of an organization, with what each allows',
  options: [ORGANIZATION],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.options.text('organization'))
    const { data } = await client.listRoles({ params: { id } })
    const rows = data.map((role) => [role.id, role.name, role.permissions.join(' ')])
    call.output.result(data, table(['id', 'name', 'permissions'], rows))
  },
}

const create: Command = {
  name: 'role create',
  summary: 'Create a role of an organization from permissions that you hold',
  args: ['<name>'],
  options: [ORGANIZATION, PERMISSION],
  async run(call) {
    const permissions = await permissionsIn(call.options)
    if (permissions === undefined) throw new UsageError('say what it allows with --permission')
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.options.text('organization'))
    const body = { name: call.args[0] ?? '', permissions }
    const role = await client.createRole({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result(role, `${role.name} is ${role.id}. Give it to a member: faregate member add NAME EMAIL --role ${role.id}`)
  },
}

const update: Command = {
  name: 'role update',
  summary: 'Rename a role, or change what its members may do, in force within a second',
  args: ['<id>'],
  options: [{ flags: '--name <name>', summary: 'name of the role' }, PERMISSION],
  async run(call) {
    const [id = ''] = call.args
    const permissions = await permissionsIn(call.options)
    const body = { ...call.options.some('name'), ...(permissions === undefined ? {} : { permissions }) }
    if (Object.keys(body).length === 0) throw new UsageError('say what to change: --name or --permission')
    const client = await call.client()
    const role = await client.updateRole({ params: { id }, body })
    call.output.result(role, `${role.name} allows ${role.permissions.join(', ')}.`)
  },
}

const remove: Command = {
  name: 'role delete',
  summary: 'Remove a role that no member has',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.deleteRole({ params: { id } })
    call.output.result({ id }, `${id} is removed.`)
  },
}

/** What `--permission` names. @throws UsageError for a permission that does not exist */
async function permissionsIn(options: Options): Promise<Permission[] | undefined> {
  const { isPermission, PERMISSION_NAMES } = await import('@faregate/contract')
  const asked = options.list('permission')
  const unknown = asked?.find((name) => !isPermission(name))
  if (unknown !== undefined) throw new UsageError(`there is no permission "${unknown}"; there are: ${PERMISSION_NAMES.join(', ')}`)
  return asked?.filter((name) => isPermission(name))
}

export const roleCommands = [list, create, update, remove]
