import { randomUUID } from 'node:crypto'
import { PROXYING_MEMBERS } from '@faregate/core'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { MEMBERS, membersOf, upstreamOf } from '../api-members.ts'
import { SECRETS, secretsOf, withIntrospection } from '../api-secrets.ts'
import { UsageError, type Command, type Option, type Options } from '../command.ts'
import { findOrganization } from '../lookup.ts'
import { fields, table } from '../output.ts'
import { placeOf } from '../place.ts'
import { behind, modelledText } from '../prompt-text.ts'
import { costText, meteredOf } from '../route-text.ts'
import { forWhom } from './api-canary.ts'
import { listedAs, VISIBILITY } from './api-catalogue.ts'
import { apiTest } from './api-test.ts'

type ApiBody = RouteInput<Routes['createApi']>['body']
type Api = RouteOutput<Routes['getApi']>
type Route = NonNullable<ApiBody['routes']>[number]

const list: Command = {
  name: 'api list',
  summary: 'List published APIs',
  async run(call) {
    const client = await call.client()
    const { data } = await client.listApis({})
    const rows = data.map((api) => [api.name, api.url, behind(api), api.kind === 'http' ? api.routes.length : null, placeOf(api.managedBy)])
    call.output.result(data, table(['name', 'url', 'behind it', 'routes', 'defined in'], rows, 'No API is published.'))
  },
}

const show: Command = {
  name: 'api show',
  summary: 'Show a published API: its routes and what a call costs, its prompt, or its models',
  args: ['<name>'],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const api = await client.getApi({ params: { name } })
    call.output.result(api, shown(api))
  },
}

function shown(api: Api): string {
  const facts = fields([
    ['API', api.name],
    ['url', api.url],
    ...behindIt(api),
    ['encoded slashes', api.encodedSlashes === 'pass' ? 'pass' : undefined],
    ['release', api.release ?? undefined],
    ['tried', api.canary === null ? undefined : `release ${api.canary.release} ${forWhom(api.canary)}`],
    ['title', api.presentation?.title ?? undefined],
    ['visibility', api.listing.visibility],
    ['goes', api.retirement === null ? undefined : `${api.retirement.state} since ${api.retirement.at.slice(0, 10)}`],
    ['defined in', placeOf(api.managedBy)],
  ])
  const modelled = modelledText(api)
  if (modelled !== undefined) return `${facts}\n\n${modelled}`
  const rows = api.routes.map((route) => [route.webSocket ? WEB_SOCKET : route.method, route.path, costText(route), standing(route)])
  return `${facts}\n\n${table(['method', 'path', 'price', 'charged for'], rows)}`
}

function behindIt(api: Api): [string, string | undefined][] {
  if (api.kind !== 'http') return [['asks', behind(api)]]
  const places = api.upstreams ?? (api.upstream === null ? [] : [{ baseUrl: api.upstream.baseUrl, weight: undefined }])
  return [...places.map(upstreamField), ['secret', secretShown(api)], ...waits(api), ...settings(api)]
}

function upstreamField({ baseUrl, weight }: { baseUrl: string; weight?: number | undefined }): [string, string] {
  return ['upstream', weight === undefined ? baseUrl : `${baseUrl} (weight ${weight})`]
}

/** What is said of a route in the place of the answers that it is charged for. */
function standing({ off, retirement, price, metered, webSocket, chargeOn }: Api['routes'][number]): string | null {
  if (off) return 'switched off'
  if (retirement !== null) return retirement.state
  if (price === null && metered === null) return null
  return webSocket ? 'each that opens' : chargeOn.join(' ')
}

function secretShown({ upstream }: Api): string {
  const { header, basic, oauth, mutualTls } = upstream ?? NO_SECRETS
  const secrets = [
    header && `${header.name}: …${header.lastFour}`,
    basic && `Basic ${basic.user}: …${basic.lastFour}`,
    oauth && `token from ${oauth.tokenUrl} for ${oauth.clientId}: …${oauth.lastFour}`,
    mutualTls && 'a certificate (mutual TLS)',
  ].filter((one) => one !== null)
  return secrets.length === 0 ? 'none' : secrets.join('; ')
}

const NO_SECRETS = { header: null, basic: null, oauth: null, mutualTls: null }

/** Upstreams are shown by themselves. */
const SETTINGS = [...PROXYING_MEMBERS.filter((member) => member !== 'upstreams'), 'validation'] as const

function waits({ timeouts: { connectMs, firstByteMs, silenceMs, idleMs } }: Api): [string, string | undefined][] {
  return [
    ['connect', inMilliseconds(connectMs)],
    ['first byte', inMilliseconds(firstByteMs)],
    ['silence', inMilliseconds(silenceMs)],
    ['idle', inMilliseconds(idleMs)],
  ]
}

function inMilliseconds(value: number | null): string | undefined {
  return value === null ? undefined : `${value} ms`
}

/** What the definition says beside that, by the names that `--set` knows. */
function settings(api: Api): [string, string][] {
  return SETTINGS.flatMap((name) => leaves(name, api[name]))
}

function leaves(name: string, value: unknown): [string, string][] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return [[name, value.join(', ')]]
  if (typeof value !== 'object') return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  return Object.entries(value).flatMap(([member, below]) => leaves(`${name}.${member}`, below))
}

const ROUTES: Option = {
  flags: '--route <route>',
  summary:
    'METHOD PATH PRICE, or free for the price, like "GET /forecast/{city} 0.002"; charged for 2xx,3xx or what follows a fourth word; ' +
    'WS for a WebSocket; what is metered stands among them, like "GET /pages received=0.05" (a million bytes)',
  repeatable: true,
}

const add: Command = {
  name: 'api add',
  summary: 'Publish an HTTP service, without a restart',
  args: ['<name>', '<upstream>'],
  options: [
    { flags: '--prefix <path>', summary: 'where callers find it (/NAME)' },
    { flags: '--org <organization>', summary: 'whose it is, for good (of whoever publishes it)' },
    ROUTES,
    { flags: '--upstream <url>', summary: 'where it is as well: URL, or "URL WEIGHT"', repeatable: true },
    ...SECRETS,
    { flags: '--first-byte <ms>', summary: 'time for the first byte of an answer' },
    { flags: '--silence <ms>', summary: 'longest silence within an answer' },
    { flags: '--pass-encoded-slashes', summary: 'pass %2F and %5C in paths on, instead of refusing them' },
    ...MEMBERS,
    VISIBILITY,
  ],
  async run(call) {
    const [name = '', place = ''] = call.args
    const { options } = call
    const { timeouts, ...members } = withIntrospection(call, membersOf(options))
    const routes = (options.list('route') ?? []).map(routeOf)
    if (routes.length === 0) throw new UsageError('say what can be called, and what that costs: --route "GET /forecast/{city} 0.002"')
    const body: ApiBody = {
      name,
      prefix: options.text('prefix') ?? `/${name}`,
      ...placed([place, ...(options.list('upstream') ?? [])], await secretsOf(call)),
      routes,
      ...timeoutsOf(options, timeouts),
      ...(options.is('passEncodedSlashes') ? { encodedSlashes: 'pass' as const } : {}),
      ...members,
      ...listedAs(call),
    }
    const client = await call.client()
    const owner = options.text('org')
    const organization = owner === undefined ? {} : { organization: (await findOrganization(client, owner)).id }
    const api = await client.createApi({ body: { ...body, ...organization }, idempotencyKey: randomUUID() })
    call.output.result(api, `${api.name} is published at ${api.url}.`)
  },
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', '*'] as const
/** How a WebSocket is written in the place of a method. */
const WEB_SOCKET = 'WS'
const CLASSES = ['2xx', '3xx', '4xx'] as const

/** `GET /forecast/{city} 0.002 2xx,4xx`; `GET /pages units=/usage/pages each=0.01 most=100` */
function routeOf(text: string): Route {
  const [method, path, ...words] = text.trim().split(/\s+/)
  const [metered, [price, charged]] = [words.filter((word) => word.includes('=')), words.filter((word) => !word.includes('='))]
  const webSocket = method?.toUpperCase() === WEB_SOCKET
  const known = webSocket ? 'GET' : METHODS.find((one) => one === method?.toUpperCase())
  if (known === undefined || path === undefined || words.length === 0)
    throw new UsageError(`--route is "${text}": write METHOD PATH PRICE, like "GET /forecast/{city} 0.002", or free for the price`)
  return {
    method: known,
    path,
    ...(webSocket ? { webSocket: true as const } : {}),
    ...(price === 'free' ? { free: true as const } : price === undefined ? {} : { price }),
    ...(metered.length === 0 ? {} : { metered: meteredOf(metered) }),
    ...(charged === undefined ? {} : { chargeOn: charged.split(',').map(classOf) }),
  }
}

function classOf(text: string): (typeof CLASSES)[number] {
  const known = CLASSES.find((one) => one === text)
  if (known === undefined) throw new UsageError(`"${text}" is no class of answers: one of ${CLASSES.join(', ')}`)
  return known
}

/** One upstream without a weight is the whole of it. */
export function placed(texts: string[], secrets: Awaited<ReturnType<typeof secretsOf>>): Pick<ApiBody, 'upstream' | 'upstreams'> {
  const places = texts.map(upstreamOf)
  const [first, ...others] = places
  if (first !== undefined && others.length === 0 && first.weight === undefined) return { upstream: { ...first, ...secrets } }
  const upstream = Object.keys(secrets).length === 0 ? {} : { upstream: secrets }
  return places.length === 0 ? upstream : { ...upstream, upstreams: places }
}

function timeoutsOf(options: Options, set: unknown): Pick<ApiBody, 'timeouts'> {
  const [firstByte, silence] = [options.text('firstByte'), options.text('silence')]
  const timeouts = {
    ...(firstByte === undefined ? {} : { firstByteMs: Number(firstByte) }),
    ...(silence === undefined ? {} : { silenceMs: Number(silence) }),
    ...(typeof set === 'object' ? set : {}),
  }
  return Object.keys(timeouts).length === 0 ? {} : { timeouts }
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

export const apiCommands = [list, show, add, apiTest, remove]
