import { randomUUID } from 'node:crypto'
import type { Client, RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Command } from '../command.ts'
import { fieldTable } from '../field-table.ts'
import { shortTime, table } from '../output.ts'

type Request = RouteOutput<Routes['createApiRequest']>
type Asked = RouteInput<Routes['createApiRequest']>['body']

/** Asks for a change, where somebody else has to agree to it; false: nobody has to. */
export async function askedFor(call: Call, client: Client, name: string, body: Asked): Promise<boolean> {
  const { required } = await client.getApiApproval({ params: { name } })
  if (!required) return false
  const request = await client.createApiRequest({ params: { name }, body, idempotencyKey: randomUUID() })
  const { id } = request
  const next = `Somebody else looks at it and decides: faregate api approve ${name} ${id}, or faregate api reject ${name} ${id} --reason WHY`
  call.output.result(request, `${id} waits for a second person. ${next}\n\n${fieldTable(request.changes)}`)
  return true
}

const approval: Command = {
  name: 'api approval',
  summary: 'Show or say whether a second person has to agree before callers of an API have something else',
  args: ['<name>'],
  options: [
    { flags: '--on', summary: 'from now on somebody else has to agree' },
    { flags: '--off', summary: 'nobody has to any more: asks for that, as it takes two people' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const { options } = call
    const client = await call.client()
    if (options.is('on') && options.is('off')) throw new UsageError('--on or --off')
    if (options.is('off') && (await askedFor(call, client, name, { dropApproval: true }))) return undefined
    const params = { name }
    const { required } = await (options.is('on')
      ? client.setApiApproval({ params, body: { required: true } })
      : client.getApiApproval({ params }))
    return call.output.result({ name, required }, `What callers of ${name} have is changed by ${required ? 'two people' : 'one person'}.`)
  },
}

const requests: Command = {
  name: 'api requests',
  summary: 'List what was asked for of an API, and what became of it, newest first',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const { data } = await client.listApiRequests({ params: { name } })
    call.output.result(data, data.length === 0 ? 'Nothing was asked for.' : data.map(shown).join('\n\n'))
  },
}

function shown({ id, action, state, base, askedBy, createdAt, decidedBy, reason, overridden, changes }: Request): string {
  const row = [id, action, state, base, askedBy, shortTime(createdAt), decidedBy, reason, overridden.join(', ')]
  return `${table(['request', 'asks to', '', 'on release', 'by', 'at', 'decided by', 'reason', 'overridden'], [row])}\n${fieldTable(changes)}`
}

const approve: Command = {
  name: 'api approve',
  summary: 'Agree to what somebody else asked for: it is done',
  args: ['<name>', '<request>'],
  async run(call) {
    const [name = '', request = ''] = call.args
    const client = await call.client()
    const answer = await client.approveApiRequest({ params: { name, request }, body: {}, idempotencyKey: randomUUID() })
    call.output.result(answer, `${request} is approved, and done.`)
  },
}

const reject: Command = {
  name: 'api reject',
  summary: 'Reject what somebody else asked for',
  args: ['<name>', '<request>'],
  options: [{ flags: '--reason <text>', summary: 'why' }],
  async run(call) {
    const [name = '', request = ''] = call.args
    const reason = call.options.text('reason')
    if (reason === undefined) throw new UsageError('say why: --reason WHY')
    const client = await call.client()
    const answer = await client.rejectApiRequest({ params: { name, request }, body: { reason }, idempotencyKey: randomUUID() })
    call.output.result(answer, `${request} is rejected.`)
  },
}

export const apiApprovalCommands = [approval, requests, approve, reject]
