import type { Buckets } from '@faregate/core'
import type { Answer, Choice } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { geminiCall, geminiPart, showsThoughts } from './answer-parts.ts'
import { groundingOf, type CitedText } from './citations.ts'
import { logprobsResultOf } from './logprobs.ts'
import { finishReasonOf } from './stop-reasons.ts'
import { usageOf } from './usage.ts'

/** What a call becomes whose arguments are no object: the vendor's own word for what such a model has done. */
export const MALFORMED_CALL = 'MALFORMED_FUNCTION_CALL'

/** Where an answer has nothing to say: clients read the first part without looking. */
export const NOTHING_SAID: JsonObject = { text: '' }

/** A whole answer for a caller of `generateContent`. */
export function encodeAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const candidates = answer.choices.map((choice, index) => candidateOf(choice, index, showsThoughts(frame.conversation)))
  return Buffer.from(JSON.stringify({ candidates, ...envelopeOf(frame, buckets) }))
}

/** What stands around candidates; with usage where the answer ends. */
export function envelopeOf({ model, requestId }: AnswerFrame, buckets?: Buckets): JsonObject {
  const usageMetadata = buckets && usageOf(buckets)
  return { ...(usageMetadata === undefined ? {} : { usageMetadata }), modelVersion: model, responseId: requestId }
}

function candidateOf({ parts, stop, logprobs }: Choice, index: number, thoughts: boolean): JsonObject {
  const encoded = parts.map((part) => ({ part, value: encodedPart(part, thoughts) })).filter(({ value }) => value !== undefined)
  const shown = encoded.filter(({ value }) => value !== 'broken')
  const said = shown.map(({ value }) => value)
  const grounding = groundingOf(shown.flatMap(({ part }, place) => citedIn(part, place)))
  return {
    content: { parts: said.length === 0 ? [NOTHING_SAID] : said, role: 'model' },
    finishReason: shown.length < encoded.length ? MALFORMED_CALL : finishReasonOf(stop),
    index,
    ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
    ...(logprobs === undefined ? {} : { logprobsResult: logprobsResultOf(logprobs) }),
  }
}

function citedIn(part: Part, place: number): CitedText[] {
  if (part.type !== 'text') return []
  return (part.citations ?? []).map((citation) => ({ citation, part: place, text: part.text }))
}

function encodedPart(part: Part, thoughts: boolean): JsonObject | 'broken' | undefined {
  if (part.type !== 'tool_call') return geminiPart(part, thoughts)
  return geminiCall(part.id, part.name, part.arguments, part.signature) ?? 'broken'
}
