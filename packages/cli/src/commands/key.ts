import type { Call, Command } from '../command.ts'
import { findOrganization } from '../lookup.ts'
import { shortTime, table } from '../output.ts'

const keyList: Command = {
  name: 'key list',
  summary: 'List keys; the secrets are never shown again',
  options: [{ flags: '--organization <name>', summary: 'id or name (all)' }],
  async run(call) {
    const client = await call.client()
    const named = call.options.text('organization')
    const filter = named === undefined ? {} : { organization: (await findOrganization(client, named)).id }
    const { data } = await client.listKeys({ query: { limit: 500, ...filter } })
    const rows = data.map((key) => [
      key.id,
      key.name,
      `…${key.lastFour}`,
      key.state,
      key.models?.join(' ') ?? 'all',
      key.cap === null ? null : `${key.cap.amount}/${key.cap.period}`,
      shortTime(key.expiresAt),
    ])
    call.output.result(
      data,
      table(['id', 'name', 'key', 'state', 'models', 'cap', 'expires'], rows, 'No keys yet: faregate key create --credit 5'),
    )
  },
}

const keyDisable: Command = {
  name: 'key disable',
  summary: 'Switch a key off, in force within a second; it can be switched on again',
  args: ['<id>'],
  run: (call) => switchKey(call, false),
}

const keyEnable: Command = { name: 'key enable', summary: 'Switch a key on again', args: ['<id>'], run: (call) => switchKey(call, true) }

async function switchKey(call: Call, enabled: boolean): Promise<void> {
  const [id = ''] = call.args
  const client = await call.client()
  const key = await client.updateKey({ params: { id }, body: { enabled } })
  call.output.result(key, `${key.id} is ${key.state}.`)
}

const keyRevoke: Command = {
  name: 'key revoke',
  summary: 'Revoke a key for good, in force within a second',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    await client.revokeKey({ params: { id } })
    call.output.result({ id, state: 'revoked' }, `${id} is revoked.`)
  },
}

export const keyCommands = [keyList, keyDisable, keyEnable, keyRevoke]
