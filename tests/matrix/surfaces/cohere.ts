import assert from 'node:assert/strict'
import { objectAt, objects, stringOf } from '../../replay/rules/walk.ts'
import type { JsonObject } from '../../replay/types.ts'
import type { Surface } from './surface.ts'

/** `POST /v2/chat`. */
export const cohere: Surface = {
  name: 'cohere',
  title: 'Cohere v2',
  dialect: 'cohere',
  framing: 'sse-named-done',
  path: () => '/v2/chat',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (form, model, stream) => ({ model, ...(stream ? { stream } : {}), ...form }),
  ask: (text, limit) => ({ max_tokens: limit, messages: [{ role: 'user', content: text }] }),
  assertShape(events, { stream }) {
    assert.ok(String(events[0]?.['id']).length > 0)
    if (stream) return assertEvents(events)
    assert.equal(objectAt(events[0], 'message')['role'], 'assistant')
    for (const call of objects(objectAt(events[0], 'message')['tool_calls'])) assert.equal(call['type'], 'function')
  },
  stops: {
    stop: 'COMPLETE',
    length: 'MAX_TOKENS',
    stop_sequence: 'STOP_SEQUENCE',
    tool_calls: 'TOOL_CALL',
    refusal: 'COMPLETE',
    refusal_text: 'COMPLETE',
    content_filter: 'ERROR_TOXIC',
  },
  usage(events) {
    const usage = usageOf(events)
    const billed = objectAt(usage, 'billed_units')
    return { input: Number(billed['input_tokens']), output: Number(billed['output_tokens']) }
  },
  details: () => ({}),
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

function usageOf(events: JsonObject[]): JsonObject {
  const last = events.at(-1)
  return last?.['type'] === 'message-end' ? objectAt(last, 'delta', 'usage') : objectAt(last, 'usage')
}

/** Begun and ended once; contents and calls one after the other, each begun, grown and ended under its index. */
function assertEvents(events: JsonObject[]): void {
  const types = events.map(({ type }) => String(type))
  assert.equal(types.indexOf('message-start'), 0)
  assert.equal(types.indexOf('message-end'), types.length - 1)
  let open: string | undefined
  for (const { type, index } of events.slice(1, -1)) {
    const [, kind = '', step = ''] = /^(content|tool-call)-(start|delta|end)$/.exec(String(type)) ?? []
    if (kind === '') {
      assert.match(String(type), /^(tool-plan-delta|citation-start|citation-end)$/)
      continue
    }
    if (step === 'start') assert.equal(open, undefined, 'one at a time')
    else assert.equal(`${kind} ${String(index)}`, open)
    open = step === 'end' ? undefined : `${kind} ${String(index)}`
  }
  assert.equal(open, undefined)
}

/** The message as a client keeps it: of a stream, the sum of the deltas. */
function messageOf(events: JsonObject[]): JsonObject {
  if (events[0]?.['type'] === undefined) return objectAt(events[0], 'message')
  let plan = ''
  const contents: JsonObject[] = []
  const calls: JsonObject[] = []
  for (const event of events) {
    const said = objectAt(event, 'delta', 'message')
    plan += stringOf(said['tool_plan'])
    if (event['type'] === 'content-start') contents.push({ ...objectAt(said, 'content') })
    if (event['type'] === 'content-delta') grow(contents.at(-1), objectAt(said, 'content'))
    if (event['type'] === 'tool-call-start') calls.push(structuredClone(objectAt(said, 'tool_calls')))
    if (event['type'] === 'tool-call-delta') grow(objectAt(calls.at(-1), 'function'), objectAt(said, 'tool_calls', 'function'))
  }
  return {
    role: 'assistant',
    ...(plan === '' ? {} : { tool_plan: plan }),
    ...(contents.length === 0 ? {} : { content: contents }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function grow(to: JsonObject | undefined, delta: JsonObject): void {
  for (const [name, piece] of Object.entries(delta)) if (to !== undefined) to[name] = stringOf(to[name]) + stringOf(piece)
}
