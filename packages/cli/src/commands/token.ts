import { randomUUID } from 'node:crypto'
import { Failure, UsageError, type Command } from '../command.ts'
import { findOrganization } from '../lookup.ts'
import { shortTime, table } from '../output.ts'
import { instantOf } from '../parse.ts'

const create: Command = {
  name: 'token create',
  summary: 'Create a management token; it is shown once',
  args: ['<name>'],
  options: [
    { flags: '--permission <permission>', summary: 'what it may do, like money:read; may be repeated', repeatable: true },
    { flags: '--organization <name>', summary: 'bind it to one organization' },
    { flags: '--expires <when>', summary: 'a date, a time, or a span: 2027-01-31, 30d' },
  ],
  async run(call) {
    const { isPermission, PERMISSION_NAMES } = await import('@faregate/contract')
    const asked = call.options.list('permission') ?? []
    const permissions = asked.filter((name) => isPermission(name))
    if (permissions.length === 0 || permissions.length < asked.length) {
      throw new UsageError(`name its permissions with --permission; there are: ${PERMISSION_NAMES.join(', ')}`)
    }
    const client = await call.client()
    const named = call.options.text('organization')
    const expires = call.options.text('expires')
    const body = {
      name: call.args[0] ?? '',
      permissions,
      ...(named === undefined ? {} : { organization: (await findOrganization(client, named)).id }),
      ...(expires === undefined ? {} : { expiresAt: instantOf(expires, Date.now()) }),
    }
    const created = await client.createToken({ body, idempotencyKey: randomUUID() })
    if (created.token === undefined) throw new Failure('The gateway answered without the token.', 'Revoke it and create another one.')
    call.output.result(created, `${created.token}  (${created.id}; shown once, keep it now)`)
  },
}

const list: Command = {
  name: 'token list',
  summary: 'List management tokens; the secrets are never shown again',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listTokens({ query: { limit: 500 } })
    const rows = data.map((token) => [
      token.id,
      token.name,
      `…${token.lastFour}`,
      token.permissions.join(' '),
      token.organization ?? 'all',
      shortTime(token.expiresAt),
    ])
    call.output.result(data, table(['id', 'name', 'token', 'permissions', 'organization', 'expires'], rows))
  },
}

const revoke: Command = {
  name: 'token revoke',
  summary: 'Revoke a management token',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.revokeToken({ params: { id } })
    call.output.result({ id, state: 'revoked' }, `${id} is revoked.`)
  },
}

export const tokenCommands = [create, list, revoke]
