import type { RouteOutput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Command } from '../command.ts'
import { findOrganization } from '../lookup.ts'
import { fields, shortTime, table, type Cell } from '../output.ts'

type RequestRecord = RouteOutput<Routes['getRequest']>

const FILTERS = [
  { flags: '--organization <name>', summary: 'of this organization, by id or name' },
  { flags: '--application <id>', summary: 'of this application' },
  { flags: '--key <id>', summary: 'with this key' },
  { flags: '--model <model>', summary: 'of this model' },
  { flags: '--api <name>', summary: 'of this published API' },
  { flags: '--user <name>', summary: 'of this end user' },
  { flags: '--tag <name>', summary: 'with this tag' },
  { flags: '--from <time>', summary: 'from this date or time on' },
  { flags: '--to <time>', summary: 'before this date or time' },
]

const requests: Command = {
  name: 'requests',
  summary: 'List the latest requests, or show one: what it used, what it cost, how each attempt went',
  args: ['[id]'],
  options: [
    ...FILTERS,
    { flags: '--outcome <outcome>', summary: 'served, partial, refused, failed or aborted' },
    { flags: '--limit <n>', summary: 'how many (20)' },
  ],
  run: (call) => (call.args[0] === undefined ? listRequests(call) : showRequest(call, call.args[0])),
}

async function listRequests(call: Call): Promise<void> {
  const client = await call.client()
  const limit = Number(call.options.text('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number above zero')
  const query = { limit, ...(await filtersOf(call)), ...call.options.some('outcome') }
  const { data } = await client.listRequests({ query })
  const rows = data.map((one) => [
    shortTime(one.at),
    one.id,
    one.model ?? one.api,
    one.outcome,
    one.denial,
    one.status,
    one.cost,
    one.latencyMs,
  ])
  call.output.result(data, table(['at', 'id', 'model', 'outcome', 'denial', 'status', 'cost', 'ms'], rows, 'No requests yet.'))
}

async function showRequest(call: Call, id: string): Promise<void> {
  const client = await call.client()
  const one = await client.getRequest({ params: { id } })
  const attempts = one.attempts.map((attempt): Cell[] => [
    attempt.provider ?? `upstream ${attempt.upstream}`,
    attempt.model,
    attempt.status,
    attempt.outcome,
    attempt.error,
    countsOf(attempt.buckets),
    attempt.latencyMs,
    attempt.ttftMs,
  ])
  const text = [
    fields(factsOf(one)),
    '',
    table(['provider', 'model', 'status', 'outcome', 'error', 'used', 'ms', 'first ms'], attempts, 'No attempt was made.'),
  ]
  call.output.result(one, text.join('\n'))
}

function violationText({ in: direction, where, pointer, rule }: RequestRecord['violations'][number]): string {
  return `${direction} ${where} ${pointer} (${rule})`
}

function factsOf(one: RequestRecord): [string, Cell][] {
  return [
    ['request', one.id],
    ['at', shortTime(one.at)],
    ['model', one.model ?? undefined],
    ['API', one.api ?? undefined],
    ['route', one.route ?? undefined],
    ['release', one.release ?? undefined],
    ['outcome', `${one.outcome} (${one.status})`],
    ['denial', one.denial === null ? undefined : `${one.denial}${one.denialId === null ? '' : ` ${one.denialId}`}`],
    ['cost', `${one.cost}${one.estimated ? ' (estimated)' : ''}`],
    ['provider cost', one.providerCost],
    ['price version', one.priceVersion],
    ['delivery', one.delivery],
    ['flags', one.flags.length === 0 ? undefined : one.flags.join(', ')],
    ['measured', measuredText(one.measured) ?? undefined],
    ['differs from its document', one.violations.length === 0 ? undefined : one.violations.map(violationText).join('; ')],
    ['organization', one.organization],
    ['key', one.key],
    ['user', one.user ?? undefined],
    ['tags', one.tags ?? undefined],
  ]
}

const GROUPS = ['organization', 'application', 'key', 'model', 'api', 'route', 'provider', 'user', 'tag', 'day'] as const

const usage: Command = {
  name: 'usage',
  summary: 'Total what was used, served and charged',
  options: [...FILTERS, { flags: '--group-by <names>', summary: `separated by commas: ${GROUPS.join(', ')}` }],
  async run(call) {
    const client = await call.client()
    const groupBy = call.options.text('groupBy')
    const totals = await client.getUsage({ query: { ...(await filtersOf(call)), ...(groupBy === undefined ? {} : { groupBy }) } })
    const names = GROUPS.filter((name) => groupBy?.split(',').includes(name))
    const rows = (totals.groups ?? []).map((group): Cell[] => [...names.map((name) => group[name]), ...countedOf(group)])
    if (totals.groups === undefined) rows.push(countedOf(totals))
    call.output.result(totals, table([...names, 'requests', 'used', `cost ${totals.currency}`, 'provider cost'], rows))
  },
}

function countedOf(part: Pick<RouteOutput<Routes['getUsage']>, 'requests' | 'buckets' | 'cost' | 'providerCost'>): Cell[] {
  return [part.requests, countsOf(part.buckets), part.cost, part.providerCost]
}

async function filtersOf(call: Call): Promise<Record<string, string>> {
  const named = call.options.text('organization')
  const organization = named === undefined ? {} : { organization: (await findOrganization(await call.client(), named)).id }
  return { ...call.options.some('application', 'key', 'model', 'api', 'user', 'tag', 'from', 'to'), ...organization }
}

/** Buckets as people read them: `input 12, output 40`. */
function countsOf(buckets: Partial<Record<string, number>>): string | null {
  const counted = Object.entries(buckets).filter(([, count]) => count !== undefined && count !== 0)
  return counted.length === 0 ? null : counted.map(([bucket, count]) => `${bucket} ${count}`).join(', ')
}

function measuredText({ cache, ...counts }: RequestRecord['measured']): string | null {
  const parts = [countsOf(counts), cache === undefined ? null : `cache ${cache}`].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

const SIGNS = { ok: '✓', failed: '✗', unknown: '?' } as const

const diagnose: Command = {
  name: 'diagnose',
  summary: 'Walk six steps for a request or a refusal; each is ok, failed or unknown, with its fix',
  args: ['<id>'],
  async run(call) {
    const [id = ''] = call.args
    const client = await call.client()
    const found = await client.diagnose({ params: { id } })
    const steps = found.steps.map((step) => {
      const fix = step.fix === null ? '' : `\n    → ${step.fix}`
      return `${SIGNS[step.result]} ${step.step.replaceAll('_', ' ')}: ${step.detail}${fix}`
    })
    call.output.result(found, [found.summary, '', ...steps].join('\n'))
  },
}

export const requestCommands = [requests, usage, diagnose]
