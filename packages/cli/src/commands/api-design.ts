import { randomUUID } from 'node:crypto'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { changedRoutes, MEMBERS, membersOf, UNSET } from '../api-members.ts'
import { SECRETS, secretsOf, withIntrospection } from '../api-secrets.ts'
import { Failure, UsageError, type Call, type Command, type Option } from '../command.ts'
import { changeTable, documentOf, findingLines, textOf } from '../document.ts'
import { fieldTable } from '../field-table.ts'
import { fields, shortTime, table } from '../output.ts'
import { behind, modelledText } from '../prompt-text.ts'
import { costText, meteredOf } from '../route-text.ts'
import { placed } from './api.ts'

type Draft = RouteOutput<Routes['getApiDraft']>
type DraftBody = RouteInput<Routes['updateApiDraft']>['body']

const importDocument: Command = {
  name: 'api import',
  summary: 'Make or update the draft of an API from its OpenAPI document: a file, a URL on the public internet, or - for standard input',
  args: ['<name>', '<document>'],
  options: [
    { flags: '--price <amount>', summary: 'what a call of each new route costs' },
    { flags: '--free', summary: 'new routes cost nothing' },
    { flags: '--dry-run', summary: 'say what would change, and keep nothing' },
  ],
  async run(call) {
    const [name = '', source] = call.args
    const { options } = call
    const price = options.text('price')
    const body = {
      ...(await documentOf(source)),
      ...(price === undefined ? {} : { price }),
      ...(options.is('free') ? { free: true as const } : {}),
      ...(options.is('dryRun') ? { dryRun: true } : {}),
    }
    const client = await call.client()
    const imported = await client.importApi({ params: { name }, body, idempotencyKey: randomUUID() })
    const { draft, design, findings, added, removed, changes } = imported
    const lines = [
      `${design.title} ${design.version} (OpenAPI ${design.openapi}) ${options.is('dryRun') ? 'would be' : 'is'} revision ${draft.revision} of the draft of ${name}.`,
      `${draft.routes.length} routes: ${added.length} new, ${removed.length} gone.`,
      ...(findings.length === 0 ? [] : [findingLines(source ?? '', findings)]),
      ...(changes.length === 0 ? [] : ['', changeTable(changes)]),
    ]
    call.output.result(imported, lines.join('\n'))
  },
}

const lint: Command = {
  name: 'api lint',
  summary: 'Say what is wrong with an OpenAPI document, line by line; nothing is kept',
  args: ['<document>'],
  async run(call) {
    const [source] = call.args
    const client = await call.client()
    const { valid, findings, design } = await client.checkDocument({ body: await documentOf(source), idempotencyKey: randomUUID() })
    const said = findings.length === 0 ? `Nothing is to be said about ${source ?? 'it'}.` : findingLines(source ?? '', findings)
    call.output.result({ valid, design, findings }, said)
    if (!valid) throw new Failure('The document cannot be imported.', 'mend what is an error')
  },
}

const diff: Command = {
  name: 'api diff',
  summary: 'Say in what two versions of an OpenAPI document differ, and what of it breaks callers',
  args: ['<before>', '<after>'],
  async run(call) {
    const [before = '', after] = call.args
    const client = await call.client()
    const body = { ...(await documentOf(after)), before: await textOf(before) }
    const { valid, changes, findings } = await client.checkDocument({ body, idempotencyKey: randomUUID() })
    if (!valid) throw new Failure(findingLines(after ?? '', findings), 'mend the document')
    call.output.result(changes, changeTable(changes))
  },
}

const draft: Command = {
  name: 'api draft',
  summary: 'Show the draft of an API: its routes, its prompt or its models, and in what it differs from what is in force',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const row = await client.getApiDraft({ params: { name } })
    call.output.result(row, shown(row))
  },
}

function shown(row: Draft): string {
  const facts = fields([
    ['draft of', row.name],
    ['revision', row.revision],
    ['begun on', row.base === 0 ? 'nothing: it was never published' : `release ${row.base}`],
    ['prefix', row.prefix],
    [row.kind === 'http' ? 'upstream' : 'asks', behind(row)],
    ['document', row.documentId ?? 'none'],
    ['changed', `${shortTime(row.updatedAt) ?? ''} by ${row.changedBy}`],
  ])
  const routes = row.routes.map((route) => [route.method, route.path, costText(route)])
  const what = modelledText(row) ?? table(['method', 'path', 'price'], routes, 'No routes yet.')
  return [facts, '', what, '', fieldTable(row.changes)].join('\n')
}

const PRICES: Option = {
  flags: '--price <route>',
  summary: 'METHOD PATH PRICE, or free for the price, like "GET /forecast/{city} 0.002"; "* 0.002": every route without a price',
  repeatable: true,
}

const METERED: Option = {
  flags: '--metered <route>',
  summary: 'METHOD PATH and what goes through a call costs, like "GET /pages received=0.05 units=/usage/pages each=0.01 most=100"',
  repeatable: true,
}

const edit: Command = {
  name: 'api edit',
  summary: 'Change the draft of an API, or begin one; nothing of it is in force',
  args: ['<name>'],
  options: [
    { flags: '--upstream <url>', summary: 'where the service is: URL, or "URL WEIGHT"; several take the place of one', repeatable: true },
    { flags: '--prefix <path>', summary: 'where callers find it' },
    PRICES,
    METERED,
    { flags: '--off <route>', summary: 'switches a route off, like "GET /forecast/{city}"', repeatable: true },
    { flags: '--on <route>', summary: 'switches it on again', repeatable: true },
    ...SECRETS,
    ...MEMBERS,
    UNSET,
    { flags: '--rebase', summary: 'take what is in force now as what the draft was begun on' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const row = await client.updateApiDraft({ params: { name }, body: await changesOf(call, name) })
    call.output.result(row, `The draft of ${name} is at revision ${row.revision}.\n${fieldTable(row.changes)}`)
  },
}

async function changesOf(call: Call, name: string): Promise<DraftBody> {
  const { options } = call
  const [prefix, prices] = [options.text('prefix'), options.list('price')]
  const [off, on, metered] = (['off', 'on', 'metered'] as const).map((option) => options.list(option) ?? [])
  const changed = { off: off ?? [], on: on ?? [], metered: new Map((metered ?? []).map(meteredRoute)) }
  const routed = changed.off.length + changed.on.length + changed.metered.size > 0
  const before = routed || (options.list('set') ?? options.list('unset')) !== undefined ? await definitionOf(call, name) : undefined
  return {
    ...(options.is('rebase') ? { rebase: true as const } : {}),
    ...(prefix === undefined ? {} : { prefix }),
    ...merged(placed(options.list('upstream') ?? [], await secretsOf(call)), withIntrospection(call, membersOf(options, before))),
    ...(before === undefined || !routed ? {} : { routes: changedRoutes(before, changed) }),
    ...(prices === undefined ? {} : { prices: Object.fromEntries(prices.map(priceOf)) }),
  } as DraftBody
}

/** Both may say something of the upstream: one sets secrets, the other takes some away. */
function merged({ upstream, ...places }: ReturnType<typeof placed>, members: Record<string, unknown>): Record<string, unknown> {
  const whole = { ...(members['upstream'] as object | undefined), ...upstream }
  return { ...places, ...members, ...(Object.keys(whole).length === 0 ? {} : { upstream: whole }) }
}

/** What the draft holds, or what is in force, where there is no draft. */
async function definitionOf(call: Call, name: string): Promise<Pick<Draft, 'routes'>> {
  const client = await call.client()
  const { data } = await client.listApiDrafts({})
  if (data.some((row) => row.name === name)) return client.getApiDraft({ params: { name } })
  return client.getApi({ params: { name } })
}

/** `GET /forecast/{city} 0.002` */
function priceOf(text: string): [route: string, price: string] {
  const words = text.trim().split(/\s+/)
  const price = words.pop()
  const known = words.length === 2 || (words.length === 1 && words[0] === '*')
  if (price === undefined || !known)
    throw new UsageError(`--price is "${text}": write METHOD PATH PRICE, like "GET /forecast/{city} 0.002", or "* free"`)
  return [words.join(' '), price]
}

/** `GET /pages received=0.05` */
function meteredRoute(text: string): [route: string, metered: ReturnType<typeof meteredOf>] {
  const [method, path, ...words] = text.trim().split(/\s+/)
  if (method === undefined || path === undefined || words.length === 0)
    throw new UsageError(`--metered is "${text}": write METHOD PATH and what is metered, like "GET /pages received=0.05"`)
  return [`${method} ${path}`, meteredOf(words)]
}

const discard: Command = {
  name: 'api discard',
  summary: 'Discard the draft of an API; what is in force stays',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    await client.deleteApiDraft({ params: { name } })
    call.output.result({ name, discarded: true }, `The draft of ${name} is gone.`)
  },
}

const drafts: Command = {
  name: 'api drafts',
  summary: 'List drafts of APIs',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listApiDrafts({})
    const rows = data.map((row) => [row.name, row.revision, row.base, row.routes, row.changedBy, shortTime(row.updatedAt)])
    call.output.result(data, table(['name', 'revision', 'base', 'routes', 'changed by', 'at'], rows, 'There is no draft.'))
  },
}

const document: Command = {
  name: 'api document',
  summary: 'Print the OpenAPI document of an API, in the words of OpenAPI 3.1',
  args: ['<name>'],
  options: [{ flags: '--draft', summary: 'of the draft, instead of what is in force' }],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    call.output.document(await client.getApiDocument({ params: { name }, query: { of: call.options.is('draft') ? 'draft' : 'release' } }))
  },
}

export const apiDesignCommands = [lint, diff, importDocument, drafts, draft, edit, discard, document]
