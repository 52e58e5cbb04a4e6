import { randomUUID } from 'node:crypto'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Command, type Options } from '../command.ts'
import { organizationOrOnly } from '../lookup.ts'
import { fields, shortTime, table, type Cell } from '../output.ts'

type Decidable = RouteOutput<Routes['getLimitRequest']>
type Subject = RouteInput<Routes['createLimitRequest']>['body']['subject']

const REASON = { flags: '--reason <text>', summary: 'why' }
const VALUE = { flags: '--value <value>', summary: 'how much: 25.00 of a cap, 200 of a limit or a quota' }

const create: Command = {
  name: 'limit-request create',
  summary: 'Ask for a higher cap, limit or quota',
  args: ['[organization]'],
  options: [
    { flags: '--cap <level:id>', summary: 'key:ID, member:ID, user:NAME, tag:NAME, team:ID or org' },
    { flags: '--limit <level:limit:id>', summary: 'like key:requests-minute:ID; also app, plan (id of the subscription) and org:LIMIT' },
    { flags: '--quota <id:counts:models>', summary: 'of a subscription: ID:requests:gpt-*' },
    { flags: '--api-quota <id:apis>', summary: 'the same of published APIs: ID:weather' },
    VALUE,
    REASON,
  ],
  async run(call) {
    const reason = call.options.text('reason')
    if (reason === undefined) throw new UsageError('say why: --reason TEXT')
    const subject = subjectOf(call.options)
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const body = { subject, reason, ...call.options.some('value') }
    const asked = await client.createLimitRequest({ params: { id }, body, idempotencyKey: randomUUID() })
    call.output.result(asked, `${asked.id}: ${asked.title} is ${amountText(asked, asked.current)}; more is asked for.`)
  },
}

/** What more is asked for of. The contract checks the rest. @throws UsageError */
function subjectOf(options: Options): Subject {
  const given = options.some('cap', 'limit', 'quota', 'apiQuota')
  if (Object.keys(given).length !== 1) throw new UsageError('say of what: --cap, --limit, --quota or --api-quota')
  const { cap, limit, quota = '', apiQuota } = given
  if (cap !== undefined) {
    const [, level = '', , id] = /^(key|member|user|tag|team|org)(:(.+))?$/s.exec(cap) ?? unreadable('--cap', cap)
    return { kind: 'cap', level: level as 'key', ...(id === undefined ? {} : { id }) }
  }
  if (limit !== undefined) {
    const [, level = '', name = '', , id] = /^(key|app|plan|org):([a-z-]+)(:(.+))?$/.exec(limit) ?? unreadable('--limit', limit)
    return { kind: 'limit', level: level as 'key', limit: name, ...(id === undefined ? {} : { id }) }
  }
  if (apiQuota !== undefined) {
    const [, id = '', apis = ''] = /^([^:]+):(.+)$/s.exec(apiQuota) ?? unreadable('--api-quota', apiQuota)
    return { kind: 'quota', id, counts: 'requests', apis }
  }
  const [, id = '', counts = '', models = ''] = /^([^:]+):(requests|tokens):(.+)$/s.exec(quota) ?? unreadable('--quota', quota)
  return { kind: 'quota', id, counts: counts as 'requests', models }
}

function unreadable(flag: string, text: string): never {
  throw new UsageError(`${flag} is "${text}": see faregate limit-request create --help`)
}

const list: Command = {
  name: 'limit-request list',
  summary: 'List the requests for higher limits, with what was used in 30 days and what is proposed',
  args: ['[organization]'],
  options: [{ flags: '--state <state>', summary: 'open, approved or rejected (all)' }],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const { state } = call.options.some('state')
    if (state !== undefined && state !== 'open' && state !== 'approved' && state !== 'rejected')
      throw new UsageError(`--state is "${state}": one of open, approved, rejected`)
    const { data } = await client.listLimitRequests({ params: { id }, query: state === undefined ? {} : { state } })
    const rows = data.map((one): Cell[] => [
      one.id,
      one.title,
      one.state,
      one.current,
      one.value,
      one.usage?.peak,
      one.proposal?.value ?? one.decision?.value,
      shortTime(one.createdAt),
    ])
    call.output.result(
      data,
      table(['id', 'of', 'state', 'was', 'asked', 'peak', 'proposed', 'since'], rows, 'Nobody asks for a higher limit.'),
    )
  },
}

const show: Command = {
  name: 'limit-request show',
  summary: 'Show a request for a higher limit: why, what was used in 30 days, and what is proposed',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    const one = await client.getLimitRequest({ params: { id } })
    call.output.result(one, fields(factsOf(one)))
  },
}

function factsOf(one: Decidable): [string, Cell][] {
  const { usage, proposal, decision } = one
  return [
    ['request', `${one.id} (${one.state})`],
    ['of', one.title],
    ['in force', amountText(one, one.current)],
    ['asked for', one.value === null ? 'whoever decides chooses' : amountText(one, one.value)],
    ['why', one.reason],
    ['asked by', `${one.askedBy}, ${shortTime(one.createdAt)}`],
    [
      `used (${usage?.days} days)`,
      usage === null ? undefined : `p50 ${usage.p50}, p99 ${usage.p99}, peak ${usage.peak} (per ${usage.per})`,
    ],
    ['proposed', proposal?.value],
    ['rule', proposal?.rule],
    ['needs', one.needs],
    ['decided', decision === null ? undefined : `${decision.value ?? 'nothing changed'} by ${decision.by}, ${shortTime(decision.at)}`],
    ['reason', decision?.reason ?? undefined],
  ]
}

function amountText({ unit, per }: Pick<Decidable, 'unit' | 'per'>, value: string): string {
  return `${value} ${unit}${per === null ? '' : ` a ${per}`}`
}

const approve: Command = {
  name: 'limit-request approve',
  summary: 'Approve a request: the limit is raised at once, to what was asked for, else what is proposed',
  args: ['<id>'],
  options: [VALUE, REASON],
  run: (call) => decide(call, 'approve'),
}

const reject: Command = {
  name: 'limit-request reject',
  summary: 'Reject a request, with a reason that the caller is told',
  args: ['<id>'],
  options: [REASON],
  run: (call) => decide(call, 'reject'),
}

async function decide(call: Call, decision: 'approve' | 'reject'): Promise<void> {
  const [id = ''] = call.args
  if (decision === 'reject' && call.options.text('reason') === undefined) throw new UsageError('say why: --reason TEXT')
  const client = await call.client()
  const body = { decision, ...call.options.some('value', 'reason') }
  const decided = await client.decideLimitRequest({ params: { id }, body, idempotencyKey: randomUUID() })
  const value = decided.decision?.value ?? null
  const said = value === null ? 'stays as it is' : `is ${amountText(decided, value)} now`
  call.output.result(decided, `${decided.id} is ${decided.state}: ${decided.title} ${said}.`)
}

export const limitRequestCommands = [create, list, show, approve, reject]
