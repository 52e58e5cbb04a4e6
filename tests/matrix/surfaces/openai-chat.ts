import assert from 'node:assert/strict'
import { objectAt, objects, stringOf } from '../../replay/rules/walk.ts'
import type { JsonObject } from '../../replay/types.ts'
import type { How, Surface } from './surface.ts'

/** `POST /v1/chat/completions`. */
export const openaiChat: Surface = {
  name: 'openai-chat',
  title: 'OpenAI Chat',
  dialect: 'openai-chat',
  framing: 'sse-done',
  path: () => '/v1/chat/completions',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (form, model, stream) => ({ model, ...(stream ? { stream, stream_options: { include_usage: true } } : {}), ...form }),
  ask: (text, limit) => ({ max_completion_tokens: limit, messages: [{ role: 'user', content: text }] }),
  assertShape(events, how) {
    for (const event of events) {
      assert.equal(event['object'], how.stream ? 'chat.completion.chunk' : 'chat.completion')
      assert.ok(Array.isArray(event['choices']), JSON.stringify(event))
    }
    assert.equal(new Set(events.map(({ id }) => id)).size, 1, 'one answer has one id')
    assert.equal(objects(events.flatMap(({ choices }) => choices)).filter((choice) => choice['finish_reason'] != null).length, 1)
    assert.equal(events.filter(({ usage }) => usage != null).length, 1, 'usage comes once')
    if (how.stream) assertDeltas(events)
    if (how.model !== undefined) assertOurs(events, how)
  },
  stops: {
    stop: 'stop',
    length: 'length',
    stop_sequence: 'stop',
    tool_calls: 'tool_calls',
    refusal: 'content_filter',
    refusal_text: 'stop',
    content_filter: 'content_filter',
  },
  details(events) {
    const usage = events.find((event) => event['usage'] != null)?.['usage']
    return {
      cacheRead: Number(objectAt(usage, 'prompt_tokens_details')['cached_tokens'] ?? 0),
      reasoning: Number(objectAt(usage, 'completion_tokens_details')['reasoning_tokens'] ?? 0),
    }
  },
  next(body, events, results) {
    const message = messageOf(events)
    const answers = objects(message['tool_calls']).map((call, index) => ({
      role: 'tool',
      tool_call_id: call['id'],
      content: results[index],
    }))
    return { ...body, messages: [...objects(body['messages']), message, ...answers] }
  },
}

/** Of a call the first delta names it, the others append (T1); nothing follows the reason to end but usage. */
function assertDeltas(events: JsonObject[]): void {
  const [first] = objects(events[0]?.['choices'])
  assert.equal(objectAt(first, 'delta')['role'], 'assistant')
  const seen = new Set<unknown>()
  for (const call of events.flatMap(({ choices }) => objects(objectAt(objects(choices)[0], 'delta')['tool_calls']))) {
    const begins = !seen.has(call['index'])
    seen.add(call['index'])
    assert.equal(typeof call['id'] === 'string', begins, JSON.stringify(call))
    const { name } = { ...objectAt(call, 'function'), ...objectAt(call, 'custom') }
    assert.equal(typeof name === 'string', begins, JSON.stringify(call))
  }
  const end = events.findIndex(({ choices }) => objects(choices)[0]?.['finish_reason'] != null)
  for (const { choices } of events.slice(end + 1)) assert.deepEqual(choices, [])
}

function assertOurs(events: JsonObject[], { stream, model }: How): void {
  for (const { id, model: named, created } of events) {
    assert.match(String(id), /^chatcmpl-/)
    assert.equal(named, model)
    assert.equal(typeof created, 'number')
  }
  if (stream) assert.deepEqual(events.at(-1)?.['choices'], [], 'usage has a chunk of its own')
  const calls = events.flatMap(({ choices }) => objects(objectAt(objects(choices)[0], 'message')['tool_calls']))
  for (const call of calls) assert.ok(call['type'] === 'function' || call['type'] === 'custom')
}

/** The message as a client keeps it: of a stream, the sum of the deltas. */
function messageOf(events: JsonObject[]): JsonObject {
  const [only] = objects(events[0]?.['choices'])
  if (only?.['message'] !== undefined) return objectAt(only, 'message')
  const message: JsonObject = {}
  for (const { choices } of events) {
    for (const choice of objects(choices)) add(message, objectAt(choice, 'delta'))
  }
  const { tool_calls: calls, ...rest } = message
  return calls === undefined ? rest : { ...rest, tool_calls: objects(calls).map(({ index: _, ...call }) => call) }
}

const WHOLE = new Set(['role', 'id', 'type', 'name', 'index'])

/** Texts grow, lists grow by their `index`, objects by their members. */
function add(to: JsonObject, delta: JsonObject): void {
  for (const [name, value] of Object.entries(delta)) {
    const had = to[name]
    if (typeof value === 'string') to[name] = WHOLE.has(name) ? value : stringOf(had) + value
    else if (Array.isArray(value)) to[name] = grown(objects(had ?? []), objects(value))
    else if (typeof value === 'object' && value !== null) add((to[name] = objectAt(had)), objectAt(value))
    else to[name] = had ?? value
  }
}

function grown(list: JsonObject[], deltas: JsonObject[]): JsonObject[] {
  const found = [...list]
  for (const delta of deltas) {
    const had = found.find((one) => one['index'] === delta['index'])
    if (had === undefined) found.push(structuredClone(delta))
    else add(had, delta)
  }
  return found
}
