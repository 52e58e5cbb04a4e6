import type { Denial, ProviderEntry } from '@faregate/core'
import { callersPlace, type Conversation, type Decoded, type DialectName, type ModelRequest, type Unsupported } from '@faregate/wire'
import type { UpstreamRequest } from '../edge.ts'
import { requestInvalid } from '../request-invalid.ts'
import type { Candidate, Route } from '../locate.ts'
import type { FetchedMedia } from '../media/fetch-media.ts'
import { withInlineMedia } from '../media/inline.ts'
import type { Reservation } from '../reserve.ts'
import { forwardedHeaders } from './forwarded-headers.ts'
import type { Line } from './line.ts'
import type { Choice } from './order.ts'
import { withParameters } from './parameters.ts'

/** An output limit that is written into the body, under the name that the model takes. */
export interface WrittenLimit {
  member: string
  value: number
  /** It is ours, and the caller is told (M12). The caller's own is only repeated under another name. */
  announced: boolean
}

/** What one deployment is sent. */
export interface Prepared {
  upstream: UpstreamRequest
  limit: WrittenLimit | undefined
  /** What the caller sent and this deployment does not get. */
  dropped: Unsupported[]
}

/** What one call is made of: the caller's request, and what was reserved for it. */
export interface Calling {
  route: Route
  request: ModelRequest
  reservation: Reservation
  headers: Record<string, string | string[] | undefined>
  query: string
  /** The request in neutral form, read once for all deployments that need it. */
  decoded: () => Decoded
  /** Bytes of the caller's URLs, each fetched once for all deployments. */
  fetchMedia: (url: string) => Promise<FetchedMedia>
  /** What cannot be carried is left out and reported, instead of refused. */
  drop: boolean
}

/**
 * Makes what a deployment is sent: the caller's own bytes, with only the members changed that must be, or the request in
 * the deployment's words. A denial: it cannot be said in them, or the key cannot be used.
 */
export async function prepare(calling: Calling, line: Line, choice: Choice): Promise<Prepared | Denial> {
  const { candidate, key } = choice
  const { vendor, provider, deployment } = candidate
  const { request } = calling
  const limit = limitToWrite(calling, line, choice)
  const written = line.translated
    ? await translated(calling, line, choice, limit)
    : { body: passedOn(request, candidate, limit), dropped: [] }
  if ('code' in written) return written
  const ready = withParameters(written.body, deployment.parameters)
  const asked = vendor.request(provider, key?.secret, {
    dialect: line.upstream.name,
    model: deployment.model,
    stream: request.stream,
    arrayStream: line.upstream.framing === 'json-array',
    body: ready,
    headers: line.translated ? {} : forwardedHeaders(calling.headers),
    query: line.translated ? '' : calling.query,
  })
  const { path, headers, origin, body } = asked instanceof Promise ? await asked : asked
  const base = baseOf(provider)
  const upstream = {
    origin: origin ?? base.origin,
    path: base.path + path,
    headers: { ...FIXED_HEADERS, ...headers },
    body: body ?? ready,
  }
  return { upstream, limit, dropped: written.dropped }
}

function passedOn(request: ModelRequest, { deployment, vendor }: Candidate, limit: WrittenLimit | undefined): Buffer {
  return request.upstreamBody({
    model: deployment.model,
    injectUsage: request.stream && !request.includeUsage && vendor.quirks?.noStreamOptions !== true,
    ...(limit === undefined ? {} : { outputLimit: limit }),
  })
}

async function translated(calling: Calling, line: Line, { candidate }: Choice, limit: WrittenLimit | undefined): Promise<Written | Denial> {
  const decoded = calling.decoded()
  if (!decoded.ok) return requestInvalid(decoded.pointer, decoded.message)
  const conversation = await withInlineMedia(decoded.conversation, line.upstream, calling.fetchMedia)
  if ('why' in conversation) return requestInvalid(conversation.at, `The URL cannot be fetched for the model: ${conversation.why}.`)
  const { vendor, deployment } = candidate
  const outputLimitMember = calling.route.model.outputLimitMember ?? vendor.outputLimitMember
  const { body, unsupported } = line.upstream.encodeRequest(conversation, {
    model: deployment.model,
    outputLimit: limit?.value ?? conversation.maxOutputTokens,
    quirks: { outputLimitMember, ...vendor.quirks },
  })
  const dropped = [...othersOf(conversation), ...inOwnWords(unsupported, calling.request.dialect)]
  return dropped.length === 0 || calling.drop ? { body, dropped } : cannotCarry(dropped, candidate.provider.name)
}

/** What is sent, and what of the caller's request is not in it. */
interface Written {
  body: Buffer
  dropped: Unsupported[]
}

/** What changes no answer, only its cost to the operator: not worth a refusal. */
const HINTS = new Set(['/promptCacheKey'])

function inOwnWords(unsupported: Unsupported[], dialect: DialectName): Unsupported[] {
  return unsupported.filter(({ at }) => !HINTS.has(at)).map((one) => ({ ...one, at: callersPlace(one.at, dialect) }))
}

/** Members that only the caller's dialect knows. */
function othersOf({ others }: Conversation): Unsupported[] {
  return Object.entries(others).map(([name, { at }]) => ({ at, what: `the member \`${name}\`` }))
}

function cannotCarry(dropped: Unsupported[], provider: string): Denial {
  const [first] = dropped
  const said = dropped.map(({ at, what, why }) => `${what} (${at})${why === undefined ? '' : `: ${why}`}`).join('; ')
  return {
    ...requestInvalid(first?.at ?? '', `What serves this model cannot take ${said}. Leave it out, or send "Faregate-Unsupported: drop".`),
    unsupported: dropped.map(({ at, what }) => ({ pointer: at, what })),
    operatorDetail: `${provider} speaks another dialect than the caller`,
  }
}

/** The limit to write into the body for one deployment; undefined where the body says it, or the model by itself. */
export function limitToWrite({ route, request, reservation }: Calling, line: Line, { candidate }: Choice): WrittenLimit | undefined {
  const { maxOutput, vendor } = candidate
  const value = reservation.limit
  const member = line.caller.limitMember ?? route.model.outputLimitMember ?? vendor.outputLimitMember
  if (reservation.plan.limitIsOurs) {
    const byItself = maxOutput !== undefined && value >= maxOutput
    if (byItself) return line.upstream.needsLimit ? { member, value: maxOutput, announced: false } : undefined
    return { member, value, announced: true }
  }
  return line.translated || unheard(request, member) ? { member, value, announced: false } : undefined
}

/** A server that knows only the old name would not stop at the caller's limit; OpenAI itself refuses both at once. */
function unheard(request: ModelRequest, member: string): boolean {
  return member === 'max_tokens' && request.names?.(member) === false
}

const FIXED_HEADERS = { 'content-type': 'application/json', 'accept-encoding': 'identity', 'user-agent': 'faregate' }

const bases = new WeakMap<ProviderEntry, { origin: string; path: string }>()

function baseOf(provider: ProviderEntry): { origin: string; path: string } {
  let base = bases.get(provider)
  if (base === undefined) {
    const url = new URL(provider.baseUrl)
    base = { origin: url.origin, path: url.pathname.replace(/\/$/, '') }
    bases.set(provider, base)
  }
  return base
}
