import type { Conversation, DocumentPart, Other, OutputFormat, Turn } from '../canonical/conversation.ts'
import { withOpenThoughts } from '../canonical/sealed-thought.ts'
import type { Decoded } from '../dialect.ts'
import { Fields } from '../input/fields.ts'
import type { JsonObject } from '../json/object.ts'
import { pointerTo } from '../json/pointer.ts'
import { present } from '../json/present.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeDocument } from './documents.ts'
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

/** What a member means when it is not sent; sent, it asks for nothing that others lack. */
const DEFAULTS = new Map<string, unknown>([
  ['priority', 0],
  ['safety_mode', 'CONTEXTUAL'],
])

/** The neutral form of the body of `POST /v2/chat` (API reference: Chat). */
export function decodeCohereChat(value: JsonObject): Decoded {
  const fields = new Fields()
  const turns = withDocuments(fields, decodeMessages(fields, value), decodeDocuments(fields, value))
  const conversation: Conversation = {
    stream: value['stream'] === true,
    turns,
    ...present({
      tools: decodeTools(fields, value),
      toolChoice: decodeToolChoice(fields, value),
      output: decodeFormat(fields, value),
      reasoning: decodeThinking(fields, value),
      maxOutputTokens: fields.number(value, 'max_tokens', ''),
      stop: fields.strings(value, 'stop_sequences', ''),
      logprobs: fields.boolean(value, 'logprobs', '') === true ? {} : undefined,
    }),
    ...present(Object.fromEntries(NUMBERS.map(([name, canonical]) => [canonical, fields.number(value, name, '')]))),
    others: othersOf(value),
  }
  return fields.fault ?? withOpenThoughts({ ok: true, conversation })
}

function decodeFormat(fields: Fields, value: JsonObject): OutputFormat | undefined {
  const format = fields.object(value, 'response_format', '')
  if (format === undefined) return undefined
  const type = fields.word(format, 'type', '/response_format', ['text', 'json_object'])
  const name = format['json_schema'] == null ? 'schema' : 'json_schema'
  const schema = fields.object(format, name, '/response_format')
  if (type === 'text') return { kind: 'text' }
  return schema === undefined ? { kind: 'json' } : { kind: 'schema', schema }
}

/** Documents are cited unless that is switched off. */
function decodeDocuments(fields: Fields, value: JsonObject): DocumentPart[] {
  const citations = !citationsAreOff(value)
  return (fields.list(value, 'documents', '') ?? [])
    .flatMap((document, index) => decodeDocument(fields, document, `/documents/${index}`) ?? [])
    .map((part) => ({ ...part, citations }))
}

/** What goes with the whole request belongs, elsewhere, to what the user says last. */
function withDocuments(fields: Fields, turns: Turn[], documents: DocumentPart[]): Turn[] {
  if (documents.length === 0) return turns
  const last = turns.findLastIndex(({ role }) => role === 'user')
  if (last < 0) fields.fail('/documents', 'documents go with what a user says: send a message with the role "user"')
  return turns.map((turn, index) => (index === last ? { ...turn, parts: [...documents, ...turn.parts] } : turn))
}

function othersOf(value: JsonObject): Record<string, Other> {
  const others: Record<string, Other> = {}
  for (const [name, member] of Object.entries(value)) {
    if (UNDERSTOOD.has(name) || member === null) continue
    if (name === 'citation_options' && citationsAreOff(value)) continue
    if (DEFAULTS.get(name) === member) continue
    others[name] = { at: pointerTo(name), value: member }
  }
  return others
}

function citationsAreOff(value: JsonObject): boolean {
  const options = value['citation_options']
  const mode = typeof options === 'object' && options !== null && 'mode' in options ? options.mode : undefined
  return mode === 'OFF' || mode === 'DISABLED'
}
