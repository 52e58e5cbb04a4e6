import assert from 'node:assert/strict'
import { objectAt, objects, stringOf } from '../../replay/rules/walk.ts'
import type { JsonObject } from '../../replay/types.ts'
import type { Surface } from './surface.ts'

/** `POST /v1/messages`. */
export const anthropic: Surface = {
  name: 'anthropic',
  title: 'Anthropic Messages',
  dialect: 'anthropic',
  framing: 'sse-named',
  path: () => '/v1/messages',
  headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  body: (form, model, stream) => ({ model, ...(stream ? { stream } : {}), ...form }),
  ask: (text, limit) => ({ max_tokens: limit, messages: [{ role: 'user', content: text }] }),
  assertShape(events, { stream, model }) {
    const message = stream ? objectAt(events[0], 'message') : (events[0] ?? {})
    assert.equal(message['type'], 'message')
    assert.equal(message['role'], 'assistant')
    assert.match(String(message['id']), /^msg_/)
    if (model !== undefined) assert.equal(message['model'], model)
    if (stream) assertEvents(events)
    for (const block of contentOf(events)) {
      if (block['type'] === 'tool_use') assert.match(String(block['id']), /^[a-zA-Z0-9_-]+$/)
      if (block['type'] === 'text') assert.notEqual(block['text'], '', 'no empty blocks')
    }
  },
  stops: {
    stop: 'end_turn',
    length: 'max_tokens',
    stop_sequence: 'stop_sequence',
    tool_calls: 'tool_use',
    refusal: 'refusal',
    refusal_text: 'refusal',
    content_filter: 'refusal',
  },
  details(events) {
    const usage = { ...objectAt(events[0], 'usage'), ...objectAt(events[0], 'message', 'usage'), ...objectAt(events.at(-2), 'usage') }
    return { cacheRead: Number(usage['cache_read_input_tokens'] ?? 0), cacheWrite: Number(usage['cache_creation_input_tokens'] ?? 0) }
  },
  next(body, events, results) {
    const content = contentOf(events)
    const answers = content
      .filter(({ type }) => type === 'tool_use')
      .map((call, index) => ({ type: 'tool_result', tool_use_id: call['id'], content: results[index] }))
    return { ...body, messages: [...objects(body['messages']), { role: 'assistant', content }, { role: 'user', content: answers }] }
  },
}

/** S3: begun once, blocks one after the other and numbered, then why it ended, then the end. */
function assertEvents(all: JsonObject[]): void {
  const events = all.filter(({ type }) => type !== 'ping')
  const types = events.map(({ type }) => type)
  assert.equal(types[0], 'message_start')
  assert.deepEqual(types.slice(-2), ['message_delta', 'message_stop'])
  for (const once of ['message_start', 'message_delta', 'message_stop']) assert.equal(types.filter((type) => type === once).length, 1, once)
  let open: number | undefined
  let begun = 0
  for (const { type, index } of events.slice(1, -2)) {
    if (type === 'content_block_start') {
      assert.equal(open, undefined, 'blocks overlap')
      assert.equal(index, begun)
      open = begun++
    } else {
      assert.ok(type === 'content_block_delta' || type === 'content_block_stop', String(type))
      assert.equal(index, open)
      if (type === 'content_block_stop') open = undefined
    }
  }
  assert.equal(open, undefined)
}

/** The blocks as a client keeps them: of a stream, the sum of the deltas. */
function contentOf(events: JsonObject[]): JsonObject[] {
  if (events[0]?.['type'] === 'message') return objects(events[0]['content'])
  const blocks: JsonObject[] = []
  const inputs = new Map<JsonObject, string>()
  for (const event of events) {
    if (event['type'] === 'content_block_start') blocks.push({ ...objectAt(event, 'content_block') })
    const block = blocks.at(-1)
    const delta = objectAt(event, 'delta')
    if (block === undefined || event['type'] !== 'content_block_delta') continue
    for (const member of ['text', 'thinking', 'signature']) {
      if (typeof delta[member] === 'string') block[member] = stringOf(block[member]) + delta[member]
    }
    if (delta['type'] === 'input_json_delta') inputs.set(block, (inputs.get(block) ?? '') + stringOf(delta['partial_json']))
  }
  for (const [block, json] of inputs) block['input'] = JSON.parse(json === '' ? '{}' : json) as unknown
  return blocks
}
