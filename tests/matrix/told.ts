/** What a recorded answer says, read from its JSON in the plainest way, by the rules of each dialect's documentation. */
import { firstText, objectAt, objects, stringOf } from '../replay/rules/walk.ts'
import type { Dialect, JsonObject } from '../replay/types.ts'

export interface Told {
  text: string
  /** Calls of the caller's own tools; arguments as a value, or as a text where they are none. */
  calls: { name: string; arguments: unknown }[]
  /** The dialect's own word. */
  stop: string
  /** In all, cache and reasoning included; undefined where nothing is told, or none was used: nobody answers for nothing. */
  usage: { input: number; output: number } | undefined
}

type Reading = (events: JsonObject[]) => Told

export function toldBy(dialect: Dialect, events: JsonObject[]): Told {
  const reading = READINGS[dialect]
  if (reading === undefined) throw new Error(`no reading of ${dialect}`)
  return reading(events)
}

function value(json: string): unknown {
  try {
    return JSON.parse(json === '' ? '{}' : json)
  } catch {
    return json
  }
}

function sum(usage: JsonObject, ...names: string[]): number {
  return names.reduce((total, name) => total + Number(usage[name] ?? 0), 0)
}

function usageOf(usage: unknown, inputs: string[], outputs: string[]): Told['usage'] {
  const told = objectAt(usage)
  const [input, output] = [sum(told, ...inputs), sum(told, ...outputs)]
  return input + output === 0 ? undefined : { input, output }
}

/** Texts grow, calls by their index. Of several choices the first. */
const chat: Reading = (events) => {
  const choices = events.map((event) => objects(event['choices']).find(({ index }) => index === 0 || index === undefined) ?? {})
  const said = choices.flatMap((choice) => [objectAt(choice, 'message'), objectAt(choice, 'delta')])
  const calls = new Map<unknown, { name: string; json: string }>()
  for (const message of said) {
    for (const [position, call] of objects(message['tool_calls']).entries()) {
      const called = call['custom'] === undefined ? objectAt(call, 'function') : objectAt(call, 'custom')
      const index = call['index'] ?? position
      const had = calls.get(index) ?? { name: '', json: '' }
      calls.set(index, { name: firstText(had.name, called['name']), json: had.json + firstText(called['arguments'], called['input']) })
    }
  }
  return {
    text: said.map(({ content, refusal, audio }) => textIn(content) + stringOf(refusal) + stringOf(objectAt(audio)['transcript'])).join(''),
    calls: [...calls.values()].map(({ name, json }) => ({ name, arguments: value(json) })),
    stop: firstText(...choices.map((choice) => choice['finish_reason']).toReversed()),
    usage: chatUsage(events.findLast((event) => event['usage'] != null)?.['usage']),
  }
}

/** Some vendors send parts: texts, and what was thought. */
function textIn(content: unknown): string {
  if (!Array.isArray(content)) return stringOf(content)
  return objects(content)
    .map((part) => (part['type'] === 'text' ? stringOf(part['text']) : ''))
    .join('')
}

/** xAI counts reasoning beside the completion, and says so in the total. */
function chatUsage(usage: unknown): Told['usage'] {
  const told = objectAt(usage)
  const plain = usageOf(usage, ['prompt_tokens'], ['completion_tokens'])
  const thought = Number(objectAt(told, 'completion_tokens_details')['reasoning_tokens'] ?? 0)
  if (plain === undefined || told['total_tokens'] !== plain.input + plain.output + thought) return plain
  return { input: plain.input, output: plain.output + thought }
}

/** The items that are done, or those of a whole response. */
const responses: Reading = (events) => {
  const last = events.at(-1) ?? {}
  const response = last['response'] === undefined ? last : objectAt(last, 'response')
  const done = events.filter(({ type }) => type === 'response.output_item.done').map((event) => objectAt(event, 'item'))
  const items = done.length > 0 ? done : objects(response['output'])
  return {
    text: items
      .filter(({ type }) => type === 'message')
      .flatMap((item) => objects(item['content']))
      .map((part) => stringOf(part['text']) + stringOf(part['refusal']))
      .join(''),
    calls: items
      .filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
      .map((item) => ({ name: stringOf(item['name']), arguments: value(firstText(item['arguments'], item['input'])) })),
    stop: stringOf(response['status']),
    usage: usageOf(response['usage'], ['input_tokens'], ['output_tokens']),
  }
}

/** Blocks as their deltas make them; the last word about each kind of token counts. Why a refusal is one belongs to the text. */
const anthropic: Reading = (events) => {
  const [first = {}] = events
  const message = { ...objectAt(first, 'message'), ...(first['type'] === 'message' ? first : {}) }
  const blocks = objects(message['content']).map((block) => ({ ...block }))
  const open = new Map<unknown, JsonObject>()
  let ending = message
  const usage = { ...objectAt(message, 'usage') }
  for (const event of events) {
    const delta = objectAt(event, 'delta')
    if (event['type'] === 'content_block_start') {
      const block = { ...objectAt(event, 'content_block') }
      blocks.push(block)
      open.set(event['index'], block)
    }
    const block = open.get(event['index'])
    if (block !== undefined && typeof delta['text'] === 'string') block['text'] = stringOf(block['text']) + delta['text']
    if (block !== undefined && typeof delta['partial_json'] === 'string') block['json'] = stringOf(block['json']) + delta['partial_json']
    if (event['type'] === 'message_delta') {
      ending = delta
      for (const [name, tokens] of Object.entries(objectAt(event, 'usage'))) if (tokens !== null) usage[name] = tokens
    }
  }
  return {
    text:
      blocks.map((block) => (block['type'] === 'text' ? stringOf(block['text']) : '')).join('') +
      stringOf(objectAt(ending, 'stop_details')['explanation']),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map((block) => ({
        name: stringOf(block['name']),
        arguments: block['json'] === undefined ? block['input'] : value(stringOf(block['json'])),
      })),
    stop: stringOf(ending['stop_reason']),
    usage: usageOf(usage, ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'], ['output_tokens']),
  }
}

/** Calls come whole, or as pieces of arguments by their path. */
const gemini: Reading = (events) => {
  const candidates = events.flatMap((event) => objects(event['candidates']).slice(0, 1))
  const parts = candidates.flatMap((candidate) => objects(objectAt(candidate, 'content')['parts']))
  const calls: { name: string; arguments: JsonObject }[] = []
  for (const part of parts) {
    const call = objectAt(part, 'functionCall')
    if (typeof call['name'] === 'string') calls.push({ name: call['name'], arguments: { ...objectAt(call, 'args') } })
    for (const piece of objects(call['partialArgs'])) place(calls.at(-1)?.arguments ?? {}, piece)
  }
  return {
    text: parts.map((part) => (part['thought'] === true ? '' : stringOf(part['text']))).join(''),
    calls,
    stop: firstText(...candidates.map((candidate) => candidate['finishReason']).toReversed()),
    usage: usageOf(
      events.findLast((event) => event['usageMetadata'] !== undefined)?.['usageMetadata'],
      ['promptTokenCount', 'toolUsePromptTokenCount'],
      ['candidatesTokenCount', 'thoughtsTokenCount'],
    ),
  }
}

/** A piece at `$.a[0].b`: texts under one path grow. */
function place(args: JsonObject, piece: JsonObject): void {
  const path = [...stringOf(piece['jsonPath']).matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index))
  let at: Record<string | number, unknown> = args
  for (const [position, step] of path.slice(0, -1).entries()) {
    at[step] ??= typeof path[position + 1] === 'number' ? [] : {}
    at = at[step] as Record<string | number, unknown>
  }
  const last = path.at(-1)
  if (last === undefined) return
  const { stringValue, numberValue, boolValue } = piece
  if (typeof stringValue === 'string') at[last] = stringOf(at[last]) + stringValue
  else if (numberValue !== undefined || boolValue !== undefined) at[last] = numberValue ?? boolValue
}

/** What is billed; the plan before calls is text. */
const cohere: Reading = (events) => {
  const said = events.map((event) => (event['type'] === undefined ? objectAt(event, 'message') : objectAt(event, 'delta', 'message')))
  const calls = new Map<unknown, { name: string; json: string }>()
  for (const [index, event] of events.entries()) {
    const list = Array.isArray(said[index]?.['tool_calls']) ? objects(said[index]['tool_calls']) : [objectAt(said[index], 'tool_calls')]
    for (const [position, call] of list.entries()) {
      const called = objectAt(call, 'function')
      if (Object.keys(called).length === 0) continue
      const key = event['index'] ?? position
      const had = calls.get(key) ?? { name: '', json: '' }
      calls.set(key, { name: firstText(had.name, called['name']), json: had.json + stringOf(called['arguments']) })
    }
  }
  const end = events.at(-1)?.['type'] === 'message-end' ? objectAt(events.at(-1), 'delta') : (events.at(-1) ?? {})
  return {
    text: said.map(({ content, tool_plan }) => stringOf(tool_plan) + contentText(content)).join(''),
    calls: [...calls.values()].map(({ name, json }) => ({ name, arguments: value(json) ?? {} })),
    stop: stringOf(end['finish_reason']),
    usage: usageOf(objectAt(end, 'usage')['billed_units'], ['input_tokens'], ['output_tokens']),
  }
}

function contentText(content: unknown): string {
  if (Array.isArray(content)) return content.map(contentText).join('')
  return stringOf(objectAt(content)['text'])
}

const ollama: Reading = (events) => {
  const messages = events.map((event) => objectAt(event, 'message'))
  const last = events.at(-1)
  return {
    text: messages.map(({ content }) => stringOf(content)).join(''),
    calls: messages
      .flatMap((message) => objects(message['tool_calls']))
      .map((call) => ({ name: stringOf(objectAt(call, 'function')['name']), arguments: objectAt(call, 'function')['arguments'] })),
    stop: stringOf(last?.['done_reason']),
    usage: usageOf(last, ['prompt_eval_count'], ['eval_count']),
  }
}

/** Blocks by their index. */
const bedrock: Reading = (events) => {
  const [first = {}] = events
  const blocks = new Map<unknown, JsonObject>(objects(objectAt(first, 'output', 'message')['content']).entries())
  for (const event of events) {
    const { contentBlockIndex: index, delta, start } = { ...objectAt(event, 'contentBlockStart'), ...objectAt(event, 'contentBlockDelta') }
    if (index === undefined) continue
    const block = blocks.get(index) ?? {}
    blocks.set(index, block)
    const call = { ...objectAt(block, 'toolUse'), ...objectAt(start, 'toolUse') }
    const input = objectAt(delta, 'toolUse')['input']
    if (Object.keys(call).length > 0) block['toolUse'] = { ...call, json: stringOf(call['json']) + stringOf(input) }
    if (typeof objectAt(delta)['text'] === 'string') block['text'] = stringOf(block['text']) + stringOf(objectAt(delta)['text'])
  }
  const calls = [...blocks.values()].filter((block) => block['toolUse'] !== undefined).map((block) => objectAt(block, 'toolUse'))
  // The last word comes behind the stop reason.
  const end = events.findIndex((event) => event['messageStop'] !== undefined)
  const usage = first['usage'] ?? events.slice(end + 1).findLast((event) => event['metadata'] !== undefined)
  return {
    text: [...blocks.values()].map((block) => stringOf(block['text'])).join(''),
    calls: calls.map((call) => ({ name: stringOf(call['name']), arguments: call['input'] ?? value(stringOf(call['json'])) })),
    stop: firstText(first['stopReason'], ...events.map((event) => objectAt(event, 'messageStop')['stopReason'])),
    usage: usageOf(
      objectAt(usage)['metadata'] === undefined ? usage : objectAt(usage, 'metadata', 'usage'),
      ['inputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'],
      ['outputTokens'],
    ),
  }
}

const READINGS: Partial<Record<Dialect, Reading>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  anthropic,
  gemini,
  cohere,
  ollama,
  bedrock,
}
