import assert from 'node:assert/strict'
import { objectAt, objects, stringOf } from '../../replay/rules/walk.ts'
import type { JsonObject } from '../../replay/types.ts'
import type { Surface } from './surface.ts'

/** `POST /api/chat`, which streams unless it is told not to. */
export const ollama: Surface = {
  name: 'ollama',
  title: 'Ollama chat',
  dialect: 'ollama',
  framing: 'ndjson',
  path: () => '/ollama/api/chat',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (form, model, stream) => ({ model, ...(stream ? {} : { stream }), ...form }),
  ask: (text, limit) => ({ options: { num_predict: limit }, messages: [{ role: 'user', content: text }] }),
  assertShape(events, { model }) {
    assert.deepEqual(
      events.map((event) => event['done']),
      events.map((_, index) => index === events.length - 1),
    )
    for (const event of events) {
      assert.equal(objectAt(event, 'message')['role'], 'assistant')
      assert.ok(!Number.isNaN(Date.parse(String(event['created_at']))))
      if (model !== undefined) assert.equal(event['model'], model)
    }
  },
  // Ollama says `stop` after tool calls, too, and of refusals it knows nothing.
  stops: {
    stop: 'stop',
    length: 'length',
    stop_sequence: 'stop',
    tool_calls: 'stop',
    refusal: 'stop',
    refusal_text: 'stop',
    content_filter: 'content_filter',
  },
  details: (events) => ({ cacheRead: Number(events.at(-1)?.['prompt_eval_cached_count'] ?? 0) }),
  next(body, events, results) {
    const messages = events.map((event) => objectAt(event, 'message'))
    const calls = messages.flatMap((message) => objects(message['tool_calls']))
    const sum = (member: string): string => messages.map((message) => stringOf(message[member])).join('')
    const message: JsonObject = { role: 'assistant', content: sum('content'), thinking: sum('thinking'), tool_calls: calls }
    const answers = calls.map((call, index) => ({ role: 'tool', tool_name: objectAt(call, 'function')['name'], content: results[index] }))
    return { ...body, messages: [...objects(body['messages']), message, ...answers] }
  },
}
