import { createHash } from 'node:crypto'
import type { Buckets } from '@faregate/core'
import type { Answer } from '../canonical/answer.ts'
import type { Part, TextPart, ToolCallPart, Turn } from '../canonical/conversation.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { encodeCitation } from './citations.ts'
import { logprobItem } from './logprobs.ts'
import { finishReasonOf } from './stop-reasons.ts'
import { argumentsOf } from './tools.ts'
import { usageOf } from './usage.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** An answer of `POST /v2/chat` (API reference: Chat). Cohere answers once: of several choices the first counts. */
export function encodeCohereAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const [choice] = answer.choices
  const logprobs = choice?.logprobs
  return Buffer.from(
    JSON.stringify({
      id: idOf(answer.id, frame.requestId),
      message: encodeMessage(choice?.parts ?? [], frame.conversation.turns),
      finish_reason: finishReasonOf(choice?.stop ?? { reason: 'stop' }),
      usage: usageOf(buckets),
      ...(logprobs === undefined ? {} : { logprobs: logprobs.map((token) => logprobItem([token])) }),
    }),
  )
}

/** Ids of Cohere's answers are UUIDs; where the upstream's is none, one is made of the request's, the same each time (E8). */
export function idOf(id: string | undefined, requestId: string): string {
  if (id !== undefined && UUID.test(id)) return id
  const hex = createHash('sha256').update(requestId).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function encodeMessage(parts: readonly Part[], turns: readonly Turn[]): JsonObject {
  const calls = parts.filter((part) => part.type === 'tool_call')
  const { content, citations } = encodeContent(parts, turns)
  if (calls.length === 0) return { role: 'assistant', content, ...(citations.length === 0 ? {} : { citations }) }
  // Cohere's clients send back calls and plan, so what was said before the calls is the plan.
  const plan = content.flatMap((block) => (typeof block['text'] === 'string' ? [block['text']] : [])).join('')
  const thoughts = content.filter((block) => block['type'] === 'thinking')
  return {
    role: 'assistant',
    ...(thoughts.length === 0 ? {} : { content: thoughts }),
    ...(plan === '' ? {} : { tool_plan: plan }),
    tool_calls: calls.map(encodeCall),
    ...(citations.length === 0 ? {} : { citations: citations.map(ofPlan) }),
  }
}

function ofPlan({ content_index: _block, ...citation }: JsonObject): JsonObject {
  return { ...citation, type: 'PLAN' }
}

function encodeCall({ id, name, arguments: text, signature }: ToolCallPart): JsonObject {
  return { id: withSignature(id, signature), type: 'function', function: { name, arguments: argumentsOf(text) } }
}

/** Texts in a row are one block, for clients read the first; citations are placed in it. */
function encodeContent(parts: readonly Part[], turns: readonly Turn[]): { content: JsonObject[]; citations: JsonObject[] } {
  const content: JsonObject[] = []
  const citations: JsonObject[] = []
  for (const part of parts) {
    const said = saidIn(part)
    if (said === undefined || said.text === '') continue
    const last = content.at(-1)
    const before = last?.['type'] === said.type ? String(last[memberOf(said.type)]) : undefined
    const block = { type: said.type, [memberOf(said.type)]: (before ?? '') + said.text }
    if (before === undefined) content.push(block)
    else content[content.length - 1] = block
    if (part.type === 'text') citations.push(...citationsOf(part, before?.length ?? 0, content.length - 1, turns))
  }
  return { content, citations }
}

function saidIn(part: Part): { type: 'text' | 'thinking'; text: string } | undefined {
  if (part.type === 'text' || part.type === 'refusal') return { type: 'text', text: part.text }
  return part.type === 'reasoning' ? { type: 'thinking', text: part.text } : undefined
}

function memberOf(type: 'text' | 'thinking'): string {
  return type
}

function citationsOf({ text, citations }: TextPart, offset: number, index: number, turns: readonly Turn[]): JsonObject[] {
  return (citations ?? []).map((citation) => {
    const { start = 0, end = text.length } = citation
    const place = { start: offset + start, end: offset + end, text: text.slice(start, end) }
    return { ...encodeCitation(citation, place, turns), ...(index === 0 ? {} : { content_index: index }) }
  })
}
