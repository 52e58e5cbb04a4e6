import type { DialectName, ReasoningPart } from '../canonical/conversation.ts'
import { DIALECTS } from '../canonical/conversation.ts'
import { isObject, stringOf, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

/** Whose reasoning it is, by the `format` of a detail: our own names, and OpenRouter's. */
const ORIGINS = new Map<unknown, DialectName>([
  ...DIALECTS.map((name): [string, DialectName] => [name, name]),
  ['anthropic-claude-v1', 'anthropic'],
  ['openai-responses-v1', 'openai-responses'],
  ['google-gemini-v1', 'gemini'],
])

/**
 * What the model thought, in a message of a request or an answer. `reasoning_details` (OpenRouter, "Reasoning tokens")
 * has it with signatures; `reasoning_content` (DeepSeek and others) and `reasoning` have the text alone, the same one.
 * `origin`: whose it is whatever the details say.
 */
export function reasoningParts(message: JsonObject, at: string, origin?: DialectName): ReasoningPart[] {
  const { reasoning_content: older, reasoning, reasoning_details: details } = message
  const name = typeof older === 'string' && older !== '' ? 'reasoning_content' : 'reasoning'
  const text = name === 'reasoning' ? reasoning : older
  const plain: ReasoningPart[] = typeof text === 'string' && text !== '' ? [{ type: 'reasoning', text, at: pointer(at, name) }] : []
  if (!Array.isArray(details)) return plain
  const whole = joined(details.filter(isObject))
  const [lone] = whole.every((detail) => textOf(detail) === '') ? plain : []
  const signed = whole.find((detail) => stringOf(detail['signature']) !== '')
  if (lone !== undefined && signed !== undefined) signed['text'] = lone.text
  const parts = whole.flatMap((detail, index) => detailPart(detail, pointer(at, `reasoning_details/${index}`), origin))
  return parts.some((part) => part.text !== '') ? parts : [...plain, ...parts]
}

/** Answers have no places. */
function pointer(at: string, rest: string): string {
  return at === '' ? '' : `${at}/${rest}`
}

/** Streamed details come in pieces under one index; clients that only collect them send the pieces back. */
function joined(details: JsonObject[]): JsonObject[] {
  const whole: JsonObject[] = []
  for (const detail of details) {
    const last = whole.at(-1)
    if (last === undefined || !isNextPiece(last, detail)) whole.push({ ...detail })
    else whole[whole.length - 1] = { ...last, ...givenText(detail), text: `${stringOf(last['text'])}${stringOf(detail['text'])}` }
  }
  return whole
}

function isNextPiece(last: JsonObject, next: JsonObject): boolean {
  return (
    next['type'] === 'reasoning.text' &&
    last['type'] === 'reasoning.text' &&
    typeof next['index'] === 'number' &&
    last['index'] === next['index']
  )
}

function givenText(detail: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => value != null))
}

function detailPart(detail: JsonObject, at: string, known: DialectName | undefined): ReasoningPart[] {
  const origin = known ?? ORIGINS.get(detail['format']) ?? 'openai-chat'
  const id = typeof detail['id'] === 'string' ? { id: detail['id'] } : {}
  const { data, signature } = detail
  if (detail['type'] === 'reasoning.encrypted') {
    return typeof data === 'string' ? [{ type: 'reasoning', text: '', redacted: data, origin, ...id, at }] : []
  }
  const text = textOf(detail)
  if (typeof signature === 'string' && signature !== '') {
    // A signature for more text than came back is worth nothing. In a stream of an upstream its text came before it.
    const complete = known !== undefined || typeof detail['length'] !== 'number' || detail['length'] === text.length
    return complete ? [{ type: 'reasoning', text, signature, origin, ...id, at }] : []
  }
  return text === '' ? [] : [{ type: 'reasoning', text, ...id, at }]
}

function textOf(detail: JsonObject): string {
  return stringOf(detail['text'] ?? detail['summary'] ?? detail['thinking'])
}

/** What of a block of reasoning stands in a detail. `length`: of its text, where that came in pieces before. */
type Thought = Omit<ReasoningPart, 'type' | 'at'> & { length?: number }

/** A detail as OpenRouter writes it. Without `format` it belongs to the upstream that it came from. */
export function detailOf({ text, signature, redacted, id, length }: Thought, format?: string): JsonObject {
  if (redacted !== undefined) return present({ type: 'reasoning.encrypted', data: redacted, id, format })
  return present({ type: 'reasoning.text', text, signature, id, format, length })
}
