import type { Answer, Choice, Stop } from '../canonical/answer.ts'
import type { Citation, Part, TextPart, ToolCallPart } from '../canonical/conversation.ts'
import { plainId } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { parseAnswer } from './answer.ts'
import { sniffedAudio } from './audio.ts'
import { readAnnotations, readSources } from './citations.ts'
import { imagesOf, piecesOf } from './content.ts'
import { googleSignature } from './decode-messages.ts'
import { readLogprobs } from './logprobs.ts'
import { reasoningParts } from './reasoning-details.ts'
import { stopOf } from './stop-reasons.ts'
import { readAnswerUsage } from './usage.ts'

/** The neutral form of a whole answer; undefined where {@link readAnswer} finds none. */
export function decodeAnswer(body: Buffer): Answer | undefined {
  const parsed = parseAnswer(body)
  if (parsed === undefined) return undefined
  const { answer, choices } = parsed
  const sources = readSources(answer)
  const id = nonEmpty(answer['id'])
  return {
    ...present({ id, model: nonEmpty(answer['model']), created: typeof answer['created'] === 'number' ? answer['created'] : undefined }),
    choices: choices.map((choice, index) => decodeChoice(choice, `${id ?? ''}:${index}`, index === 0 ? sources : [])),
    usage: readAnswerUsage(answer),
  }
}

function decodeChoice(choice: JsonObject, name: string, sources: Citation[]): Choice {
  const parts = typeof choice['text'] === 'string' ? textParts(choice['text']) : messageParts(choice['message'], name)
  cite(parts, [...readAnnotations(isObject(choice['message']) ? choice['message']['annotations'] : undefined), ...sources])
  const hasCalls = parts.some(({ type }) => type === 'tool_call')
  return { parts, stop: stopOfChoice(choice, hasCalls), ...present({ logprobs: readLogprobs(choice['logprobs']) }) }
}

function stopOfChoice({ error, finish_reason: reason, stop_reason: sequence }: JsonObject, hasCalls: boolean): Stop {
  return error == null ? stopOf(nonEmpty(reason) ?? 'stop', hasCalls, sequence) : { reason: 'error' }
}

/** As models make them: reasoning, content, refusal, calls; then what was spoken or drawn. */
function messageParts(message: unknown, name: string): Part[] {
  if (!isObject(message)) return []
  const { refusal, audio } = message
  const content = piecesOf(message['content']).map((piece): Part => (piece.type === 'image' ? piece : { ...piece, at: '' }))
  return [
    ...reasoningParts(message, '', 'openai-chat'),
    ...content,
    ...(nonEmpty(refusal) === undefined ? [] : [{ type: 'refusal' as const, text: String(refusal), at: '' }]),
    ...callParts(message, name),
    ...(isObject(audio) ? audioParts(audio) : []),
    ...imagesOf(message['images']),
  ]
}

function textParts(text: string): Part[] {
  return text === '' ? [] : [{ type: 'text', text, at: '' }]
}

/** What is cited for is the last text: vendors tell places in it, or none. */
function cite(parts: Part[], citations: Citation[]): void {
  const text = parts.findLast((part): part is TextPart => part.type === 'text')
  if (text !== undefined && citations.length > 0) text.citations = citations
}

function callParts(message: JsonObject, name: string): ToolCallPart[] {
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : []
  const older = message['function_call']
  const all = isObject(older) ? [...calls, { function: older }] : calls
  return all.map((call, index) => callPart(call, callId(call['id'], `${name}:${index}`)))
}

function callPart(call: JsonObject, id: string): ToolCallPart {
  const custom = isObject(call['custom'])
  const called = custom ? call['custom'] : call['function']
  const { name, arguments: args, input } = isObject(called) ? called : {}
  const part = { type: 'tool_call' as const, id, name: nonEmpty(name) ?? '', at: '' }
  if (custom) return { ...part, arguments: nonEmpty(input) ?? '', custom }
  const text = argumentText(args)
  return { ...part, arguments: text.trim() === '' ? '{}' : text, ...present({ signature: googleSignature(call) }) }
}

/** A vendor's id, or one that is derived from where the call stands: some vendors send none. */
export function callId(id: unknown, place: string): string {
  return nonEmpty(id) ?? plainId(`:${place}`, 40)
}

/** Arguments are a string; some vendors send the object itself (T2). */
export function argumentText(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) ? JSON.stringify(value) : ''
}

function audioParts({ data, transcript }: JsonObject): Part[] {
  const bytes = nonEmpty(data)
  return [
    ...textParts(nonEmpty(transcript) ?? ''),
    ...(bytes === undefined
      ? []
      : [{ type: 'audio' as const, source: { kind: 'base64' as const, mediaType: sniffedAudio(bytes), data: bytes }, at: '' }]),
  ]
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
