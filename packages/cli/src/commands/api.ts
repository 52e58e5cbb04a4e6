import { randomUUID } from 'node:crypto'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { Failure, UsageError, type Call, type Command, type Option, type Options } from '../command.ts'
import { fields, table } from '../output.ts'
import { placeOf } from '../place.ts'
import { shellWord } from '../shell.ts'

type ApiBody = RouteInput<Routes['createApi']>['body']
type Api = RouteOutput<Routes['getApi']>
type Route = ApiBody['routes'][number]

const list: Command = {
  name: 'api list',
  summary: 'List published APIs',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listApis({})
    const rows = data.map((api) => [api.name, api.url, api.upstream.baseUrl, api.routes.length, placeOf(api.managedBy)])
    call.output.result(data, table(['name', 'url', 'upstream', 'routes', 'defined in'], rows, 'No API is published.'))
  },
}

const show: Command = {
  name: 'api show',
  summary: 'Show a published API: its routes, and what a call costs',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const api = await client.getApi({ params: { name } })
    call.output.result(api, shown(api))
  },
}

function shown(api: Api): string {
  const { header } = api.upstream
  const facts = fields([
    ['API', api.name],
    ['url', api.url],
    ['upstream', api.upstream.baseUrl],
    ['secret', header === null ? 'none' : `${header.name}: …${header.lastFour}`],
    ['first byte', api.timeouts.firstByteMs === null ? undefined : `${api.timeouts.firstByteMs} ms`],
    ['silence', api.timeouts.silenceMs === null ? undefined : `${api.timeouts.silenceMs} ms`],
    ['encoded slashes', api.encodedSlashes === 'pass' ? 'pass' : undefined],
    ['release', api.release ?? undefined],
    ['title', api.presentation?.title ?? undefined],
    ['visibility', api.listing.visibility],
    ['goes', api.retirement === null ? undefined : `${api.retirement.state} since ${api.retirement.at.slice(0, 10)}`],
    ['defined in', placeOf(api.managedBy)],
  ])
  const rows = api.routes.map(({ method, path, price, free, chargeOn }) => [
    method,
    path,
    price ?? (free ? 'free' : 'not said'),
    price === null ? null : chargeOn.join(' '),
  ])
  return `${facts}\n\n${table(['method', 'path', 'price', 'charged for'], rows)}`
}

const ROUTES: Option = {
  flags: '--route <route>',
  summary: 'METHOD PATH PRICE, or free for the price, like "GET /forecast/{city} 0.002"; charged for 2xx,3xx or what follows a fourth word',
  repeatable: true,
}

/** What a command takes of a secret towards the upstream. */
export const UPSTREAM: Option[] = [
  { flags: '--secret-header <name>', summary: 'the header that carries a secret to the upstream' },
  { flags: '--secret-from <variable>', summary: 'environment variable that holds it' },
]

const add: Command = {
  name: 'api add',
  summary: 'Publish an HTTP service, without a restart',
  args: ['<name>', '<upstream>'],
  options: [
    { flags: '--prefix <path>', summary: 'where callers find it (/NAME)' },
    ROUTES,
    ...UPSTREAM,
    { flags: '--first-byte <ms>', summary: 'time for the first byte of an answer' },
    { flags: '--silence <ms>', summary: 'longest silence within an answer' },
    { flags: '--pass-encoded-slashes', summary: 'pass %2F and %5C in paths on, instead of refusing them' },
  ],
  async run(call) {
    const [name = '', baseUrl = ''] = call.args
    const { options } = call
    const routes = (options.list('route') ?? []).map(routeOf)
    if (routes.length === 0) throw new UsageError('say what can be called, and what that costs: --route "GET /forecast/{city} 0.002"')
    const body: ApiBody = {
      name,
      prefix: options.text('prefix') ?? `/${name}`,
      upstream: { baseUrl, ...secretOf(call) },
      routes,
      ...timeoutsOf(options),
      ...(options.is('passEncodedSlashes') ? { encodedSlashes: 'pass' as const } : {}),
    }
    const client = await call.client()
    const api = await client.createApi({ body, idempotencyKey: randomUUID() })
    call.output.result(api, `${api.name} is published at ${api.url}.`)
  },
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', '*'] as const
const CLASSES = ['2xx', '3xx', '4xx'] as const

/** `GET /forecast/{city} 0.002 2xx,4xx` */
function routeOf(text: string): Route {
  const [method, path, price, charged] = text.trim().split(/\s+/)
  const known = METHODS.find((one) => one === method?.toUpperCase())
  if (known === undefined || path === undefined || price === undefined)
    throw new UsageError(`--route is "${text}": write METHOD PATH PRICE, like "GET /forecast/{city} 0.002", or free for the price`)
  const chargeOn = charged === undefined ? {} : { chargeOn: charged.split(',').map(classOf) }
  return { method: known, path, ...(price === 'free' ? { free: true as const } : { price }), ...chargeOn }
}

function classOf(text: string): (typeof CLASSES)[number] {
  const known = CLASSES.find((one) => one === text)
  if (known === undefined) throw new UsageError(`"${text}" is no class of answers: one of ${CLASSES.join(', ')}`)
  return known
}

/** A secret on the command line would stand in the shell's history and in the list of processes. */
export function secretOf({ options, environment }: Call): Pick<ApiBody['upstream'], 'header'> {
  const [name, variable] = [options.text('secretHeader'), options.text('secretFrom')]
  if (name === undefined && variable === undefined) return {}
  if (name === undefined || variable === undefined) throw new UsageError('--secret-header and --secret-from go together')
  const value = environment[variable]
  if (value === undefined || value === '') throw new UsageError(`${variable} is not set`)
  return { header: { name, value } }
}

function timeoutsOf(options: Options): Pick<ApiBody, 'timeouts'> {
  const [firstByte, silence] = [options.text('firstByte'), options.text('silence')]
  if (firstByte === undefined && silence === undefined) return {}
  return {
    timeouts: {
      ...(firstByte === undefined ? {} : { firstByteMs: Number(firstByte) }),
      ...(silence === undefined ? {} : { silenceMs: Number(silence) }),
    },
  }
}

const test: Command = {
  name: 'api test',
  summary: 'Ask the upstream of a published API for what lies at its base URL, and say what happened',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const result = await client.testApi({ params: { name }, body: {}, idempotencyKey: randomUUID() })
    call.output.result(result, `${result.message} (${result.latencyMs} ms)`)
    if (!result.ok)
      throw new Failure(`${name} has no upstream that serves.`, `Check its base URL and secret: faregate api show ${shellWord(name)}`)
  },
}

const remove: Command = {
  name: 'api remove',
  summary: 'Take a published API off',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    await client.deleteApi({ params: { name } })
    call.output.result({ name, removed: true }, `${name} is not published any more.`)
  },
}

export const apiCommands = [list, show, add, test, remove]
