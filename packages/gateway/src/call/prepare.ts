import type { Denial, ModelEntry, ProviderEntry } from '@faregate/core'
import {
  callersPlace,
  isLabel,
  type Conversation,
  type Decoded,
  type DialectName,
  type ModelRequest,
  type Unsupported,
  type UpstreamDialect,
} from '@faregate/wire'
import type { CollectedRequest } from '../edge.ts'
import { requestInvalid } from '../request-invalid.ts'
import type { Candidate, Route } from '../locate.ts'
import type { FetchedMedia } from '../media/fetch-media.ts'
import { withInlineMedia } from '../media/inline.ts'
import type { Reservation } from '../reserve.ts'
import { withoutLoss, type Written } from './cannot-carry.ts'
import { translatedCount } from './counting.ts'
import { translatedEmbedding } from './embedding.ts'
import { forwardedHeaders } from './forwarded-headers.ts'
import type { Line, Translation } from './line.ts'
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
  upstream: CollectedRequest
  limit: WrittenLimit | undefined
  /** What the caller sent and this deployment does not get. */
  dropped: Unsupported[]
}

/** What one call is made of: the caller's request, and what was reserved for it. */
export interface Calling {
  route: Route
  request: ModelRequest
  /** Absent where nothing is charged. */
  reservation: Reservation | undefined
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
  const written = await writtenFor(calling, line, choice, limit)
  if ('code' in written) return written
  // They are for answers: a count has none, and its vendor refuses what it does not know.
  const ready = calling.reservation === undefined ? written.body : withParameters(written.body, deployment.parameters)
  const asked = vendor.request(provider, key?.secret, {
    dialect: line.upstream.name,
    model: deployment.model,
    stream: request.stream,
    arrayStream: line.upstream.framing === 'json-array',
    body: ready,
    headers: line.translation === undefined ? forwardedHeaders(calling.headers) : {},
    query: line.translation === undefined ? calling.query : '',
  })
  const { path, headers, origin, body } = asked instanceof Promise ? await asked : asked
  const base = baseOf(provider)
  const upstream = {
    origin: origin ?? base.origin,
    path: base.path + path,
    headers: { ...FIXED_HEADERS, ...contentTypeOf(calling, line), ...headers },
    body: body ?? ready,
  }
  return { upstream, limit, dropped: written.dropped }
}

function writtenFor(
  calling: Calling,
  { translation }: Line,
  choice: Choice,
  limit: WrittenLimit | undefined,
): Written | Denial | Promise<Written | Denial> {
  if (translation === undefined) return { body: passedOn(calling.request, choice.candidate, limit), dropped: [] }
  if (translation.kind === 'embedding') return translatedEmbedding(calling, translation, choice)
  if (translation.kind === 'count') return translatedCount(calling, translation, choice)
  return translated(calling, translation, choice, limit)
}

/** A form keeps its boundary; what was translated is JSON. */
function contentTypeOf({ request }: Calling, { translation }: Line): { 'content-type'?: string } {
  return request.contentType === undefined || translation !== undefined ? {} : { 'content-type': request.contentType }
}

function passedOn(request: ModelRequest, { deployment, vendor }: Candidate, limit: WrittenLimit | undefined): Buffer {
  const { noStreamOptions, without, withoutInMessages, nineCharacterToolIds, assistantAfterTools } = vendor.quirks ?? {}
  return request.upstreamBody({
    model: deployment.model,
    injectUsage: request.stream && !request.includeUsage && noStreamOptions !== true,
    ...(without === undefined ? {} : { without }),
    ...(withoutInMessages === undefined ? {} : { withoutInMessages }),
    ...(nineCharacterToolIds === undefined ? {} : { nineCharacterToolIds }),
    ...(assistantAfterTools === undefined ? {} : { assistantAfterTools }),
    ...(limit === undefined ? {} : { outputLimit: limit }),
  })
}

async function translated(
  calling: Calling,
  { upstream }: Extract<Translation, { kind: 'conversation' }>,
  { candidate }: Choice,
  limit: WrittenLimit | undefined,
): Promise<Written | Denial> {
  const decoded = calling.decoded()
  if (!decoded.ok) return requestInvalid(decoded.pointer, decoded.message)
  const conversation = await withInlineMedia(decoded.conversation, upstream, calling.fetchMedia)
  if ('why' in conversation) return requestInvalid(conversation.at, `The URL cannot be fetched for the model: ${conversation.why}.`)
  const outputLimit = limit?.value ?? conversation.maxOutputTokens
  const { body, unsupported } = upstream.encodeRequest(conversation, encodingFor(candidate, calling.route.model, outputLimit))
  const dropped = lostOf(conversation, unsupported, calling.request.dialect)
  return withoutLoss({ body, dropped }, calling.drop, candidate.provider.name)
}

function encodingFor({ vendor, deployment }: Candidate, model: ModelEntry, outputLimit: number | undefined) {
  const outputLimitMember = model.outputLimitMember ?? vendor.outputLimitMember
  return { model: deployment.model, outputLimit, quirks: { outputLimitMember, ...vendor.quirks } }
}

/** What a deployment of another dialect would not get of a request, found out without sending it. */
export function lostTo(
  upstream: UpstreamDialect,
  candidate: Candidate,
  model: ModelEntry,
  conversation: Conversation,
  { dialect }: ModelRequest,
): Unsupported[] {
  const { unsupported } = upstream.encodeRequest(conversation, encodingFor(candidate, model, conversation.maxOutputTokens))
  return lostOf(conversation, unsupported, dialect)
}

/** What the deployment does not get and the answer may lack for it, in the caller's own words. */
function lostOf(conversation: Conversation, unsupported: Unsupported[], dialect: DialectName): Unsupported[] {
  const said = { dialect, serviceTier: conversation.serviceTier }
  const worth = (one: Unsupported): boolean => !isLabel(one, said)
  const inOwnWords = unsupported.filter(worth).map((one) => ({ ...one, at: callersPlace(one.at, dialect) }))
  return [...othersOf(conversation).filter(worth), ...inOwnWords]
}

/** Members that only the caller's dialect knows. */
function othersOf({ others }: Conversation): Unsupported[] {
  return Object.entries(others).map(([name, { at }]) => ({ at, what: `the member \`${name}\`` }))
}

/** The limit to write into the body for one deployment; undefined where the body says it, or the model by itself. */
export function limitToWrite({ route, request, reservation }: Calling, line: Line, { candidate }: Choice): WrittenLimit | undefined {
  if (reservation === undefined || request.n === 0) return undefined
  const { maxOutput, vendor } = candidate
  const value = reservation.limit
  const member = line.caller.limitMember ?? route.model.outputLimitMember ?? vendor.outputLimitMember
  if (reservation.plan.limitIsOurs) {
    const byItself = maxOutput !== undefined && value >= maxOutput
    if (byItself) return line.upstream.needsLimit ? { member, value: maxOutput, announced: false } : undefined
    return { member, value, announced: true }
  }
  return line.translation !== undefined || unheard(request, member) ? { member, value, announced: false } : undefined
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
