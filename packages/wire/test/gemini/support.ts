import assert from 'node:assert/strict'
import type { Answer, Conversation, RawEvent, StreamEvent, UpstreamDialect } from '../../src/index.ts'
import type { CallerRequest, Decoded, Target, Unsupported } from '../../src/index.ts'
import { readRequest, type GeminiRequest } from '../../src/gemini/request.ts'
import { encodeRequest } from '../../src/gemini/encode.ts'
import type { JsonObject } from '../../src/json/object.ts'

export const PATH = '/v1beta/models/gemini-2.5-flash:generateContent'

export function callOf(body: unknown, path = PATH, query = ''): CallerRequest {
  return { path, query, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

/** A request that must be readable. */
export function read(body: unknown, path = PATH, query = ''): GeminiRequest {
  const result = readRequest(callOf(body, path, query))
  assert.ok(result.ok, JSON.stringify(result))
  return result.request
}

export function refused(body: unknown, path = PATH): { pointer: string; message: string } {
  const result = readRequest(callOf(body, path))
  assert.ok(!result.ok, `not refused: ${JSON.stringify(body)}`)
  return { pointer: result.pointer, message: result.message }
}

/** The neutral form of a body that must be decodable. */
export function decode(body: unknown, path = PATH): Conversation {
  return conversationOf(read(body, path).decode())
}

export function conversationOf(decoded: Decoded): Conversation {
  assert.ok(decoded.ok, JSON.stringify(decoded))
  return decoded.conversation
}

/** What a conversation becomes for a model, parsed. */
export function encode(
  said: Conversation,
  model = 'gemini-2.5-flash',
  target: Partial<Target> = {},
): { body: JsonObject; unsupported: Unsupported[] } {
  const { body, unsupported } = encodeRequest(said, { model, outputLimit: said.maxOutputTokens, quirks: {}, ...target })
  return { body: JSON.parse(body.toString()) as JsonObject, unsupported }
}

/** A conversation of one user's turn, with members of its own. */
export function conversation(members: Partial<Conversation> = {}): Conversation {
  return { stream: false, turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '' }], at: '' }], others: {}, ...members }
}

/** Every `at` emptied: where things stood in another body. */
export function placeless<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (name, member: unknown) => (name === 'at' ? '' : member)) as T
}

export function raw(data: unknown): RawEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return { raw: Buffer.from(`data: ${text}\n\n`), data: text, event: undefined }
}

/** What the chunks of a stream decode to, one after the other. */
export function decodeStream(dialect: UpstreamDialect, chunks: readonly unknown[]): StreamEvent[] {
  const decoder = dialect.streamDecoder()
  return chunks.flatMap((chunk) => decoder.decode(raw(chunk)))
}

/** What a choice of a stream said in all. */
export interface Said {
  text: string
  reasoning: string
  calls: { id: string; name: string; arguments: string; signature?: string }[]
  finish: string | undefined
}

export function saidIn(events: readonly StreamEvent[], choice = 0): Said {
  const said: Said = { text: '', reasoning: '', calls: [], finish: undefined }
  for (const event of events) {
    if (!('choice' in event) || event.choice !== choice) continue
    if (event.type === 'text') said.text += event.text
    if (event.type === 'reasoning') said.reasoning += event.text
    if (event.type === 'finish') said.finish = event.stop.reason
    if (event.type === 'tool_call') {
      const { id, name, signature } = event
      said.calls[event.call] = { id, name, arguments: '', ...(signature === undefined ? {} : { signature }) }
    }
    const call = event.type === 'tool_arguments' ? said.calls[event.call] : undefined
    if (event.type === 'tool_arguments' && call !== undefined) call.arguments += event.text
  }
  return said
}

export function answerOf(answer: Answer | undefined): Answer {
  assert.ok(answer)
  return answer
}

/** A body of `generateContent` with these parts of the model. */
export function answerBody(parts: unknown[], members: JsonObject = {}): Buffer {
  const candidate = { content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }
  return Buffer.from(JSON.stringify({ candidates: [candidate], responseId: 'r1', modelVersion: 'gemini-2.5-flash', ...members }))
}
