import assert from 'node:assert/strict'
import { whatIsAsked } from '../replay/answers/asked.ts'
import { callsOf, textOf, totals, type Scene } from '../replay/answers/scene.ts'
import { eventsOf, hear } from '../replay/reading/heard.ts'
import { vendorError } from '../replay/rules/errors.ts'
import type { JsonObject, LogEntry } from '../replay/types.ts'
import { nano } from '../support/decimal.ts'
import { header, send, type Answer } from '../support/http.ts'
import { cost } from './charge.ts'
import { marked, type Conversation } from './conversation.ts'
import { modelFor, toldBy, type Provider } from './providers.ts'
import type { Said, Surface } from './surfaces/surface.ts'
import type { World } from './world.ts'

export interface Cell {
  conversation: Conversation
  surface: Surface
  provider: Provider
  stream: boolean
}

/** What became of a conversation: it came through whole, or somebody said what cannot be. */
export type Outcome =
  | { kind: 'pass' }
  /** Not sent at all: the gateway names the members of the request that the provider has no place for. `request` counts from 1. */
  | { kind: 'refused'; members: string[]; request: number }
  /** Sent as it came, since caller and provider speak alike; the provider says no, and the caller hears why. */
  | { kind: 'declined'; rule: string }
  | { kind: 'none'; why: string }

let count = 0

/** Holds one conversation; fails where anything is not as it must be. */
export async function hold(world: World, cell: Cell): Promise<Outcome> {
  const { conversation, surface, provider, stream } = cell
  const form = conversation.forms[surface.name]
  if (typeof form === 'string') return { kind: 'none', why: form }
  const mark = `(call ${count++} of the matrix)`
  const { alias } = modelFor(provider, conversation)
  const from = world.replay.requests.length
  let body = surface.body(marked(form, mark), alias, stream)
  for (const [step, scene] of conversation.answers.entries()) {
    world.replay.next({ answer: scene }, { if: ({ call }) => call.bytes.includes(mark) })
    const answer = await send(world.gateway.url + surface.path(alias, stream), { body, headers: surface.headers(world.customer.key) })
    const sent = world.replay.requests.slice(from).filter(({ call }) => call.bytes.includes(mark))
    if (answer.status !== 200) {
      return refusal(world, cell, { answer, body, sent: sent.slice(step), request: step + 1 })
    }
    assert.equal(sent.length, step + 1, `the provider was called ${sent.length} times`)
    assertArrived(cell, sent.at(-1), step)
    const events = readEvents(surface, stream, answer)
    assertHeard(cell, scene, events)
    await assertCharged(world, provider, scene, answer)
    if (step + 1 < conversation.answers.length) {
      const results = callsOf(scene).map(({ name }) => conversation.results?.[name] ?? '')
      body = surface.next(body, events, results)
    }
  }
  return { kind: 'pass' }
}

function readEvents(surface: Surface, stream: boolean, answer: Answer): JsonObject[] {
  assert.ok(answer.complete, 'the answer is whole')
  return stream ? eventsOf(surface.framing, answer.body) : [JSON.parse(answer.text) as JsonObject]
}

/** What the caller hears is what the provider's model said, in the words of the caller's API. */
function assertHeard({ surface, provider, stream, conversation }: Cell, scene: Scene, events: JsonObject[]): void {
  const translated = !provider.dialects.includes(surface.dialect)
  surface.assertShape(events, { stream, model: translated ? modelFor(provider, conversation).alias : undefined })
  const heard = hear(surface.dialect, events)
  assert.equal(heard.text, textOf(scene, 'text') + textOf(scene, 'refusal'))
  assert.deepEqual(
    heard.calls,
    callsOf(scene).map(({ name, arguments: given }) => ({ name, arguments: given })),
  )
  assert.equal(heard.stop, stopIn(surface, provider, scene))
  const told = toldBy(provider, scene)
  assert.deepEqual(surface.usage?.(events) ?? heard.usage, totals(told))
  const details = surface.details(events)
  for (const [bucket, tokens] of Object.entries(details)) assert.equal(tokens, told[bucket as keyof typeof told], bucket)
}

/** `length` and its like are not in the matrix. */
function stopIn(surface: Surface, provider: Provider, { stop }: Scene): string {
  const said = stop as Said
  return surface.stops[provider.says?.[said] ?? said]
}

/** What the provider understood is what the caller meant, and it broke none of the provider's rules. */
function assertArrived({ conversation, provider }: Cell, entry: LogEntry | undefined, step: number): void {
  assert.ok(entry?.route?.dialect !== undefined && entry.call.body !== undefined)
  assert.equal(entry.broke, undefined)
  assert.equal(entry.route.model, modelFor(provider, conversation).name)
  const { arrives } = conversation
  const text = JSON.stringify(entry.call.body).replaceAll('\\"', '"')
  for (const piece of arrives.contains ?? []) assert.ok(text.includes(piece), `${piece} did not arrive: ${text}`)
  const asked = whatIsAsked(entry.route.dialect, entry.call.body)
  assert.deepEqual(
    asked.tools.map(({ name }) => name),
    arrives.tools ?? [],
  )
  const results = step > 0 ? Object.values(conversation.results ?? {}) : (arrives.results ?? [])
  assert.equal(asked.results.length, results.length, JSON.stringify(asked.results))
  for (const [index, result] of results.entries()) assert.ok(unquoted(asked.results[index]).includes(unquoted(result)))
  const schema = asked.schema as { properties?: object } | undefined
  assert.deepEqual(schema === undefined ? undefined : Object.keys(schema.properties ?? {}), arrives.schema)
  if (arrives.thinks === true && provider.thinks !== undefined) assert.match(text, provider.thinks)
}

/** The text of a result may travel as JSON in JSON. */
function unquoted(text = ''): string {
  return text.replaceAll(/[\\"{}\s]/g, '')
}

/** The record of the call has the cost that the configured prices and the provider's usage come to, to the last digit. */
async function assertCharged({ gateway }: World, provider: Provider, scene: Scene, answer: Answer): Promise<void> {
  const record = await gateway.api.record(header(answer, 'x-request-id') ?? '')
  const due = cost(toldBy(provider, scene))
  assert.equal(record.estimated, false)
  assert.equal(nano(record.cost), due, `charged ${record.cost}: ${JSON.stringify(record.attempts)}`)
  const told = header(answer, 'faregate-cost')
  if (told !== undefined) assert.equal(nano(told), due)
}

interface Refused {
  answer: Answer
  body: JsonObject
  /** What the provider got of this request. */
  sent: LogEntry[]
  request: number
}

/** A refusal names its member, and costs nothing; one of the provider's own comes from a request that was passed on as it is. */
async function refusal({ gateway }: World, { surface, provider }: Cell, { answer, body, sent, request }: Refused): Promise<Outcome> {
  assert.ok(answer.status === 400 || (answer.status === 422 && sent.length === 1), `${answer.status} ${answer.text}`)
  const record = await gateway.api.record(header(answer, 'x-request-id') ?? '')
  assert.equal(nano(record.cost), 0n)
  const [entry] = sent
  if (entry !== undefined) {
    assert.ok(provider.dialects.includes(surface.dialect), `${provider.title} was sent what it refuses: ${JSON.stringify(entry.broke)}`)
    assert.equal(record.denial, 'provider_rejected')
    assert.ok(entry.broke !== undefined, answer.text)
    const { rule, violation } = entry.broke
    assert.deepEqual(JSON.parse(answer.text), vendorError(provider.vendor, violation).body)
    return { kind: 'declined', rule }
  }
  assert.equal(record.denial, 'request_invalid')
  const members = [...answer.text.matchAll(/\((\/[^)\s]*)\)/g)].map((match) => match[1] ?? '')
  assert.ok(members.length > 0, answer.text)
  for (const member of members) assert.notEqual(at(body, member), undefined, `${member} is no member of the request: ${answer.text}`)
  return { kind: 'refused', members: [...new Set(members)], request }
}

/** What a JSON pointer points to. */
function at(body: unknown, pointer: string): unknown {
  let value = body
  for (const name of pointer.split('/').slice(1)) {
    value =
      typeof value === 'object' && value !== null ? (value as JsonObject)[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  return value
}
