import { objectOf } from './wire.ts'
import type { JsonObject } from './wire.ts'

/** An answer of Anthropic's Messages, put together from the events of its stream. */
export interface StreamedMessage {
  content: JsonObject[]
  /** What its first event tells of usage, and its last. */
  start: JsonObject
  end: JsonObject
}

export function messageOf(events: JsonObject[]): StreamedMessage {
  const message: StreamedMessage = { content: [], start: {}, end: {} }
  const inputs = new Map<number, string>()
  for (const event of events) {
    const at = Number(event['index'])
    const block = message.content[at] ?? {}
    if (event['type'] === 'error') throw new Error(JSON.stringify(event))
    if (event['type'] === 'message_start') message.start = objectOf(objectOf(event['message'])['usage'])
    if (event['type'] === 'content_block_start') message.content[at] = { ...objectOf(event['content_block']) }
    if (event['type'] === 'content_block_delta') grow(block, objectOf(event['delta']), inputs, at)
    if (event['type'] === 'content_block_stop') finish(block, inputs.get(at))
    if (event['type'] === 'message_delta') message.end = objectOf(event['usage'])
  }
  if (events.at(-1)?.['type'] !== 'message_stop') throw new Error('the stream does not end with message_stop')
  return message
}

function grow(block: JsonObject, delta: JsonObject, inputs: Map<number, string>, at: number): void {
  if (delta['type'] === 'text_delta') block['text'] = `${String(block['text'])}${String(delta['text'])}`
  else if (delta['type'] === 'thinking_delta') block['thinking'] = `${String(block['thinking'])}${String(delta['thinking'])}`
  else if (delta['type'] === 'signature_delta') block['signature'] = delta['signature']
  else if (delta['type'] === 'input_json_delta') inputs.set(at, (inputs.get(at) ?? '') + String(delta['partial_json']))
  else throw new Error(`no such delta: ${JSON.stringify(delta)}`)
}

function finish(block: JsonObject, input: string | undefined): void {
  if (block['type'] === 'tool_use') block['input'] = JSON.parse(input === undefined || input === '' ? '{}' : input) as unknown
}

export function spoken(content: JsonObject[]): { text: string; calls: { name: string; arguments: unknown }[] } {
  return {
    text: content.map((block) => (block['type'] === 'text' ? String(block['text']) : '')).join(''),
    calls: content.flatMap((block) => (block['type'] === 'tool_use' ? [{ name: String(block['name']), arguments: block['input'] }] : [])),
  }
}
