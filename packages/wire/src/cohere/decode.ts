import type { Conversation, DocumentPart, Other, OutputFormat, Turn } from '../canonical/conversation.ts'
import type { Decoded } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeDocument } from './documents.ts'
import { MemberReader, pointerTo, present } from './members.ts'
import { decodeThinking } from './reasoning.ts'
import { decodeToolChoice, decodeTools } from './tools.ts'

/** Numbers that Cohere and the canonical form both have, under their two names. */
export const NUMBERS = [
  ['temperature', 'temperature'],
  ['p', 'topP'],
  ['k', 'topK'],
  ['seed', 'seed'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
] as const

const UNDERSTOOD = new Set<string>([
  'model',
  'messages',
  'stream',
  'tools',
  'strict_tools',
  'tool_choice',
  'documents',
  'response_format',
  'max_tokens',
  'stop_sequences',
  'logprobs',
  'thinking',
  ...NUMBERS.map(([name]) => name),
])

/** The neutral form of the body of `POST /v2/chat` (API reference: Chat). */
export function decodeCohereChat(value: JsonObject): Decoded {
  const reader = new MemberReader()
  const turns = withDocuments(reader, decodeMessages(reader, value), decodeDocuments(reader, value))
  const conversation: Conversation = {
    stream: value['stream'] === true,
    turns,
    ...present({
      tools: decodeTools(reader, value),
      toolChoice: decodeToolChoice(reader, value),
      output: decodeFormat(reader, value),
      reasoning: decodeThinking(reader, value),
      maxOutputTokens: reader.number(value, 'max_tokens', ''),
      stop: reader.strings(value, 'stop_sequences', ''),
      logprobs: reader.boolean(value, 'logprobs', '') === true ? {} : undefined,
    }),
    ...present(Object.fromEntries(NUMBERS.map(([name, canonical]) => [canonical, reader.number(value, name, '')]))),
    others: othersOf(value),
  }
  return reader.fault ?? { ok: true, conversation }
}

function decodeFormat(reader: MemberReader, value: JsonObject): OutputFormat | undefined {
  const format = reader.object(value, 'response_format', '')
  if (format === undefined) return undefined
  const type = reader.oneOf(format, 'type', '/response_format', ['text', 'json_object'])
  const name = format['json_schema'] == null ? 'schema' : 'json_schema'
  const schema = reader.object(format, name, '/response_format')
  if (type === 'text') return { kind: 'text' }
  return schema === undefined ? { kind: 'json' } : { kind: 'schema', schema }
}

/** Documents are cited unless that is switched off. */
function decodeDocuments(reader: MemberReader, value: JsonObject): DocumentPart[] {
  const citations = !citationsAreOff(value)
  return reader
    .list(value, 'documents', '')
    .flatMap((document, index) => decodeDocument(reader, document, `/documents/${index}`) ?? [])
    .map((part) => ({ ...part, citations }))
}

/** What goes with the whole request belongs, elsewhere, to what the user says last. */
function withDocuments(reader: MemberReader, turns: Turn[], documents: DocumentPart[]): Turn[] {
  if (documents.length === 0) return turns
  const last = turns.findLastIndex(({ role }) => role === 'user')
  if (last < 0) reader.fail('/documents', 'documents go with what a user says: send a message with the role "user"')
  return turns.map((turn, index) => (index === last ? { ...turn, parts: [...documents, ...turn.parts] } : turn))
}

function othersOf(value: JsonObject): Record<string, Other> {
  const others: Record<string, Other> = {}
  for (const [name, member] of Object.entries(value)) {
    if (UNDERSTOOD.has(name) || member === null) continue
    if (name === 'citation_options' && citationsAreOff(value)) continue
    others[name] = { at: pointerTo(name), value: member }
  }
  return others
}

function citationsAreOff(value: JsonObject): boolean {
  const options = value['citation_options']
  const mode = typeof options === 'object' && options !== null && 'mode' in options ? options.mode : undefined
  return mode === 'OFF' || mode === 'DISABLED'
}
