import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Command } from '../command.ts'
import { findOrganization } from '../lookup.ts'
import { fields, shortTime, table, type Cell } from '../output.ts'

type Usage = RouteOutput<Routes['getApiUsage']>
type Query = NonNullable<RouteInput<Routes['getApiUsage']>['query']>
type Total = Omit<Usage['slots'][number], 'at'>

const COLUMNS = ['calls', '2xx', '3xx', '4xx', '5xx', 'refused', '402', 'p50 ms', 'p90 ms', 'p99 ms', 'revenue', 'cost']

const usage: Command = {
  name: 'api usage',
  summary: 'How an API is called: statuses, latency, refusals, consumers and revenue, by time and by release',
  args: ['<name>'],
  options: [
    { flags: '--from <when>', summary: 'from this date or time on (a day before the end)' },
    { flags: '--to <when>', summary: 'before this date or time (now)' },
    { flags: '--by <slot>', summary: 'hour or day' },
    { flags: '--release <number>', summary: 'of this release alone' },
    { flags: '--staging', summary: 'by keys of staging, instead of those of production' },
    { flags: '--organization <name>', summary: 'of this consumer alone, by id or name' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const answer = await client.getApiUsage({ params: { name }, query: await queryOf(call) })
    call.output.result(answer, shown(answer))
  },
}

async function queryOf(call: Call): Promise<Query> {
  const { options } = call
  const [by, named] = [options.text('by'), options.text('organization')]
  if (by !== undefined && by !== 'hour' && by !== 'day') throw new UsageError(`--by is "${by}": hour or day`)
  return {
    ...options.some('from', 'to', 'release'),
    ...(options.is('staging') ? { stage: 'staging' as const } : {}),
    ...(by === undefined ? {} : { by }),
    ...(named === undefined ? {} : { organization: (await findOrganization(await call.client(), named)).id }),
  }
}

function shown(answer: Usage): string {
  if (answer.calls === 0) return 'Nobody called it.'
  const { api, currency, from, to } = answer
  const parts = [
    fields([
      ['API', api],
      ['from', shortTime(from)],
      ['to', shortTime(to)],
      ['amounts in', currency],
    ]),
    table(COLUMNS, [cellsOf(answer)]),
    table(
      ['at', ...COLUMNS],
      answer.slots.map((slot) => [shortTime(slot.at), ...cellsOf(slot)]),
    ),
    table(
      ['release', ...COLUMNS],
      answer.releases.map((one) => [one.release, ...cellsOf(one)]),
    ),
    table(
      ['refusal', 'status', 'calls'],
      answer.refusals.map(({ code, status, calls }) => [code, status, calls]),
      'Nothing was refused.',
    ),
    ...(answer.violations.length === 0
      ? []
      : [
          table(
            ['differs in', 'where', 'pointer', 'rule', 'calls'],
            answer.violations.map((one) => [one.in, one.where, one.pointer, one.rule, one.calls]),
          ),
        ]),
    table(
      ['organization', 'application', 'key', 'calls', 'revenue'],
      answer.consumers.map(({ organization, application, key, calls, revenue }) => [organization, application, key, calls, revenue]),
    ),
  ]
  return parts.join('\n\n')
}

function cellsOf({ calls, statuses, refused, paymentRequired, latency, revenue, cost }: Total): Cell[] {
  const classes = [statuses['2xx'], statuses['3xx'], statuses['4xx'], statuses['5xx']]
  return [calls, ...classes, refused, paymentRequired, latency.p50, latency.p90, latency.p99, revenue, cost]
}

const KINDS = ['errors', 'refusals', 'latency', 'spending'] as const

const alerts: Command = {
  name: 'api alerts',
  summary: 'Show or say when webhooks that are told api.alert are told of how an API is called',
  args: ['<name>'],
  options: [
    {
      flags: '--set <alert>',
      summary: `KIND ABOVE MINUTES CALLS, like "errors 0.05 5 20": ${KINDS.join(', ')}; all of them, in the place of those before`,
      repeatable: true,
    },
    { flags: '--none', summary: 'take all away' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const { options } = call
    const asked = options.list('set')?.map(alertOf)
    if (asked !== undefined && options.is('none')) throw new UsageError('--set or --none')
    const set = asked ?? (options.is('none') ? [] : undefined)
    const client = await call.client()
    const params = { name }
    const { data } = await (set === undefined ? client.listApiAlerts({ params }) : client.setApiAlerts({ params, body: { alerts: set } }))
    const rows = data.map(({ kind, above, minutes, minimumCalls, value, holds }) => [
      kind,
      above,
      minutes,
      minimumCalls,
      value,
      holds ? 'holds' : 'does not hold',
    ])
    call.output.result(data, table(['alert', 'above', 'minutes', 'calls', 'now', 'state'], rows, 'It has no alerts.'))
  },
}

/** `errors 0.05 5 20` */
function alertOf(text: string) {
  const [name, above = '', minutes = '5', calls = '20'] = text.trim().split(/\s+/)
  const kind = KINDS.find((one) => one === name)
  if (kind === undefined || !/^\d+(\.\d+)?$/.test(above) || !/^\d+$/.test(minutes) || !/^\d+$/.test(calls))
    throw new UsageError(`--set is "${text}": write KIND ABOVE MINUTES CALLS, like "errors 0.05 5 20"; kinds are ${KINDS.join(', ')}`)
  return { kind, above, minutes: Number(minutes), minimumCalls: Number(calls) }
}

export const apiUsageCommands = [usage, alerts]
