import assert from 'node:assert/strict'
import { objectAt, objects } from '../../replay/rules/walk.ts'
import type { JsonObject } from '../../replay/types.ts'
import type { Surface } from './surface.ts'

const ENDS = ['response.completed', 'response.incomplete', 'response.failed']

/** `POST /v1/responses`, without anything kept at the provider. */
export const openaiResponses: Surface = {
  name: 'openai-responses',
  title: 'OpenAI Responses',
  dialect: 'openai-responses',
  framing: 'sse-named',
  path: () => '/v1/responses',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (form, model, stream) => ({ model, ...(stream ? { stream } : {}), ...form }),
  ask: (text, limit) => ({ max_output_tokens: limit, input: text }),
  assertShape(events, { stream, model }) {
    const response = responseOf(events)
    assert.equal(response['object'], 'response')
    assert.match(String(response['id']), /^resp_/)
    if (model !== undefined) assert.equal(response['model'], model)
    for (const item of objects(response['output'])) {
      if (item['type'] === 'function_call') assert.ok(String(item['call_id']).length > 0)
    }
    if (stream) assertEvents(events)
  },
  // Calls do not show in the status; a refusal in words is an answer.
  stops: {
    stop: 'completed',
    length: 'incomplete',
    stop_sequence: 'completed',
    tool_calls: 'completed',
    refusal: 'incomplete',
    refusal_text: 'completed',
    content_filter: 'incomplete',
  },
  details(events) {
    const usage = responseOf(events)['usage']
    return {
      cacheRead: Number(objectAt(usage, 'input_tokens_details')['cached_tokens'] ?? 0),
      reasoning: Number(objectAt(usage, 'output_tokens_details')['reasoning_tokens'] ?? 0),
    }
  },
  next(body, events, results) {
    const output = objects(responseOf(events)['output'])
    const answers = output
      .filter(({ type }) => type === 'function_call')
      .map((call, index) => ({ type: 'function_call_output', call_id: call['call_id'], output: results[index] }))
    return { ...body, input: [...objects(body['input']), ...output, ...answers] }
  },
}

/** The whole response: of a stream, what its last event holds. */
function responseOf(events: JsonObject[]): JsonObject {
  const last = events.at(-1) ?? {}
  return last['response'] === undefined ? last : objectAt(last, 'response')
}

function byId(a: JsonObject, b: JsonObject): number {
  return String(a['id']) < String(b['id']) ? -1 : 1
}

/** Numbered from 0, begun and ended once; every item that is added is done, in order. Parallel calls may be open at once. */
function assertEvents(events: JsonObject[]): void {
  assert.deepEqual(
    events.map((event) => event['sequence_number']),
    events.map((_, index) => index),
  )
  assert.equal(events[0]?.['type'], 'response.created')
  assert.deepEqual(
    events.flatMap((event, index) => (ENDS.includes(String(event['type'])) ? [index] : [])),
    [events.length - 1],
  )
  const open = new Map<unknown, unknown>()
  const done: JsonObject[] = []
  for (const event of events) {
    if (event['type'] === 'response.output_item.added') {
      assert.equal(event['output_index'], open.size + done.length)
      open.set(objectAt(event, 'item')['id'], event['output_index'])
    } else if (event['type'] === 'response.output_item.done') {
      const item = objectAt(event, 'item')
      assert.equal(open.get(item['id']), event['output_index'])
      done.push(item)
      open.delete(item['id'])
    } else if (event['item_id'] !== undefined) assert.equal(event['output_index'], open.get(event['item_id']))
  }
  assert.equal(open.size, 0)
  assert.deepEqual(objects(responseOf(events)['output']).toSorted(byId), done.toSorted(byId))
}
