/** What a client hears in an answer, read from each vendor's form in the plainest way. */
import { parseEventStream, parseNdjson, parseSse } from './parsers.ts'
import { firstText, objectAt, objects, stringOf } from '../rules/walk.ts'
import type { Dialect, Framing, JsonObject } from '../types.ts'

export interface Heard {
  text: string
  reasoning: string
  calls: { name: string; arguments: unknown }[]
  stop: string
  /** Input and output in all, cache and reasoning included. */
  usage: { input: number; output: number } | undefined
}

/** The JSON of every event of a stream, whatever its framing; what ends it is checked and left out. */
export function eventsOf(framing: Framing, bytes: Buffer): JsonObject[] {
  const text = bytes.toString('utf8')
  if (framing === 'event-stream') {
    return parseEventStream(bytes).map(({ headers, payload }) => ({ [headers[':event-type'] ?? '']: payload }))
  }
  if (framing === 'ndjson') return parseNdjson(text) as JsonObject[]
  if (framing === 'json-array') return JSON.parse(text) as JsonObject[]
  const events = parseSse(text)
  const done = framing.endsWith('done')
  if (done && events.at(-1)?.data !== '[DONE]') throw new Error('the stream does not end with [DONE]')
  const found = (done ? events.slice(0, -1) : events).map(({ event, data }) => ({ event, value: JSON.parse(data) as JsonObject }))
  const named = framing.includes('named')
  for (const { event, value } of found)
    if (named && event !== value['type']) throw new Error(`event ${event} is of type ${String(value['type'])}`)
  return found.map(({ value }) => value)
}

class Listener {
  text = ''
  reasoning = ''
  stop = ''
  usage: Heard['usage']
  readonly #calls = new Map<unknown, { name: string; json: string }>()

  call(key: unknown, name: unknown, json: string): void {
    const call = this.#calls.get(key) ?? { name: '', json: '' }
    this.#calls.set(key, { name: firstText(call.name, name), json: call.json + json })
  }

  heard(): Heard {
    const calls = [...this.#calls.values()].map(({ name, json }) => ({ name, arguments: JSON.parse(json === '' ? '{}' : json) as unknown }))
    return { text: this.text, reasoning: this.reasoning, calls, stop: this.stop, usage: this.usage }
  }
}

type Listen = (event: JsonObject, to: Listener) => void

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

const chat: Listen = (event, to) => {
  for (const choice of objects(event['choices'])) {
    const said = { ...objectAt(choice, 'message'), ...objectAt(choice, 'delta') }
    to.text += stringOf(said['content']) + stringOf(said['refusal'])
    to.reasoning += stringOf(said['reasoning_content'])
    for (const [index, call] of objects(said['tool_calls']).entries()) {
      const called = objectAt(call, 'function')
      to.call(call['index'] ?? index, called['name'], stringOf(called['arguments']))
    }
    to.stop = firstText(choice['finish_reason'], to.stop)
  }
  const usage = event['usage']
  if (usage != null) to.usage = { input: number(objectAt(usage)['prompt_tokens']), output: number(objectAt(usage)['completion_tokens']) }
}

const responses: Listen = (event, to) => {
  const whole = event['object'] === 'response' ? event : objectAt(event, 'response')
  if (event['type'] === 'response.output_text.delta' || event['type'] === 'response.refusal.delta') to.text += stringOf(event['delta'])
  if (event['type'] === 'response.reasoning_summary_text.delta') to.reasoning += stringOf(event['delta'])
  if (event['type'] === 'response.function_call_arguments.delta') to.call(event['output_index'], undefined, stringOf(event['delta']))
  if (event['type'] === 'response.output_item.added') {
    const item = objectAt(event, 'item')
    if (item['type'] === 'function_call') to.call(event['output_index'], item['name'], '')
  }
  if (event['object'] === 'response') {
    for (const [index, item] of objects(whole['output']).entries()) {
      if (item['type'] === 'function_call') to.call(index, item['name'], stringOf(item['arguments']))
      to.text += objects(item['content'])
        .map((part) => stringOf(part['text']) + stringOf(part['refusal']))
        .join('')
      to.reasoning += objects(item['summary'])
        .map((part) => stringOf(part['text']))
        .join('')
    }
  }
  to.stop = firstText(whole['status'], to.stop)
  const usage = objectAt(whole, 'usage')
  if (usage['total_tokens'] !== undefined) to.usage = { input: number(usage['input_tokens']), output: number(usage['output_tokens']) }
}

const anthropic: Listen = (event, to) => {
  for (const [index, block] of [
    ...objects(event['content']),
    ...(event['content_block'] === undefined ? [] : [objectAt(event, 'content_block')]),
  ].entries()) {
    to.text += stringOf(block['text'])
    to.reasoning += stringOf(block['thinking'])
    const input = event['content_block'] === undefined ? JSON.stringify(block['input']) : ''
    if (block['type'] === 'tool_use') to.call(event['index'] ?? index, block['name'], input)
  }
  const delta = objectAt(event, 'delta')
  to.text += stringOf(delta['text'])
  to.reasoning += stringOf(delta['thinking'])
  if (delta['type'] === 'input_json_delta') to.call(event['index'], undefined, stringOf(delta['partial_json']))
  to.stop = firstText(delta['stop_reason'], event['stop_reason'], to.stop)
  const usage = event['usage']
  if (usage === undefined) return
  const names = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
  to.usage = {
    input: names.reduce((sum, name) => sum + number(objectAt(usage)[name]), 0),
    output: number(objectAt(usage)['output_tokens']),
  }
}

const gemini: Listen = (event, to) => {
  for (const candidate of objects(event['candidates'])) {
    for (const part of objects(objectAt(candidate, 'content')['parts'])) {
      if (part['thought'] === true) to.reasoning += stringOf(part['text'])
      else to.text += stringOf(part['text'])
      const call = part['functionCall']
      if (call !== undefined) to.call(Symbol('call'), objectAt(call)['name'], JSON.stringify(objectAt(call)['args']))
    }
    to.stop = firstText(candidate['finishReason'], to.stop)
  }
  const usage = objectAt(event, 'usageMetadata')
  to.usage = {
    input: number(usage['promptTokenCount']),
    output: number(usage['candidatesTokenCount']) + number(usage['thoughtsTokenCount']),
  }
}

const cohere: Listen = (event, to) => {
  const said = event['type'] === undefined ? objectAt(event, 'message') : objectAt(event, 'delta', 'message')
  const content = Array.isArray(said['content']) ? objects(said['content']) : [objectAt(said, 'content')]
  to.text += content.map((part) => stringOf(part['text'])).join('') + stringOf(said['tool_plan'])
  to.reasoning += content.map((part) => stringOf(part['thinking'])).join('')
  const calls = Array.isArray(said['tool_calls'])
    ? objects(said['tool_calls'])
    : said['tool_calls'] === undefined
      ? []
      : [objectAt(said, 'tool_calls')]
  for (const [index, call] of calls.entries()) {
    const called = objectAt(call, 'function')
    to.call(event['index'] ?? index, called['name'], stringOf(called['arguments']))
  }
  const end = event['type'] === 'message-end' ? objectAt(event, 'delta') : event
  to.stop = firstText(end['finish_reason'], to.stop)
  const tokens = objectAt(end, 'usage', 'tokens')
  if (tokens['input_tokens'] !== undefined) to.usage = { input: number(tokens['input_tokens']), output: number(tokens['output_tokens']) }
}

const ollama: Listen = (event, to) => {
  const said = objectAt(event, 'message')
  to.text += stringOf(said['content']) + stringOf(event['response'])
  to.reasoning += stringOf(said['thinking'])
  for (const call of objects(said['tool_calls'])) {
    const called = objectAt(call, 'function')
    to.call(called['index'], called['name'], JSON.stringify(called['arguments']))
  }
  to.stop = firstText(event['done_reason'], to.stop)
  if (event['done'] === true) to.usage = { input: number(event['prompt_eval_count']), output: number(event['eval_count']) }
}

const bedrock: Listen = (event, to) => {
  for (const [index, block] of objects(objectAt(event, 'output', 'message')['content']).entries()) {
    to.text += stringOf(block['text'])
    to.reasoning += stringOf(objectAt(block, 'reasoningContent', 'reasoningText')['text'])
    const call = block['toolUse']
    if (call !== undefined) to.call(index, objectAt(call)['name'], JSON.stringify(objectAt(call)['input']))
  }
  const start = objectAt(event, 'contentBlockStart')
  if (start['start'] !== undefined) to.call(start['contentBlockIndex'], objectAt(start, 'start', 'toolUse')['name'], '')
  const delta = objectAt(event, 'contentBlockDelta', 'delta')
  to.text += stringOf(delta['text'])
  to.reasoning += stringOf(objectAt(delta, 'reasoningContent')['text'])
  if (delta['toolUse'] !== undefined)
    to.call(objectAt(event, 'contentBlockDelta')['contentBlockIndex'], undefined, stringOf(objectAt(delta, 'toolUse')['input']))
  to.stop = firstText(event['stopReason'], objectAt(event, 'messageStop')['stopReason'], to.stop)
  const usage = event['usage'] ?? objectAt(event, 'metadata')['usage']
  if (usage === undefined) return
  const names = ['inputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens']
  to.usage = { input: names.reduce((sum, name) => sum + number(objectAt(usage)[name]), 0), output: number(objectAt(usage)['outputTokens']) }
}

const completions: Listen = (event, to) => {
  for (const choice of objects(event['choices'])) {
    to.text += stringOf(choice['text'])
    to.stop = firstText(choice['finish_reason'], to.stop)
  }
  const usage = event['usage']
  if (usage != null) to.usage = { input: number(objectAt(usage)['prompt_tokens']), output: number(objectAt(usage)['completion_tokens']) }
}

const LISTENERS: Record<Dialect, Listen> = {
  'openai-chat': chat,
  'openai-responses': responses,
  completions,
  anthropic,
  gemini,
  cohere,
  ollama,
  'ollama-generate': ollama,
  bedrock,
}

/** What is heard in the events of a stream, or in a whole answer as its only event. */
export function hear(dialect: Dialect, events: JsonObject[]): Heard {
  const to = new Listener()
  for (const event of events) LISTENERS[dialect](event, to)
  return to.heard()
}
