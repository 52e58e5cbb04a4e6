import type { Buckets } from '@faregate/core'
import type { Answer, Choice } from '../canonical/answer.ts'
import type { ImagePart, Part, ReasoningPart, ToolCallPart } from '../canonical/conversation.ts'
import { urlOf } from '../canonical/media.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { answerId } from './answer-id.ts'
import { styleOf, type CallerStyle } from './caller-style.ts'
import { annotationOf } from './citations.ts'
import { logprobsMember } from './logprobs.ts'
import { detailOf } from './reasoning-details.ts'
import { finishMembers } from './stop-reasons.ts'
import { usageMember } from './usage-member.ts'

/** The body of an answer to a caller of this dialect (OpenAI API reference, "The chat completion object"). */
export function encodeAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const body = {
    id: answerId('chatcmpl-', answer.id, frame.requestId),
    object: 'chat.completion',
    created: frame.created,
    model: frame.model,
    choices: answer.choices.map((choice, index) => encodeChoice(choice, index, frame)),
    usage: usageMember(buckets),
  }
  return Buffer.from(JSON.stringify(body))
}

function encodeChoice({ parts, stop, logprobs }: Choice, index: number, frame: AnswerFrame): JsonObject {
  const style = styleOf(frame.conversation)
  return {
    index,
    message: encodeMessage(parts, style, frame),
    logprobs: logprobsMember(logprobs),
    ...finishMembers(stop, style.legacy),
  }
}

function encodeMessage(parts: Part[], { legacy, hidesReasoning }: CallerStyle, frame: AnswerFrame): JsonObject {
  const content = joined(parts, 'text')
  const refusal = joined(parts, 'refusal')
  const annotations = annotationsOf(parts)
  return {
    role: 'assistant',
    content: content === '' ? null : content,
    refusal: refusal === '' ? null : refusal,
    ...(hidesReasoning ? {} : reasoningMembers(parts)),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...callMembers(parts, legacy),
    ...mediaMembers(parts, frame),
  }
}

function joined(parts: Part[], type: 'text' | 'refusal' | 'reasoning'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('')
}

/** Where a citation does not say where it stands, it stands at the end of its own text. */
function annotationsOf(parts: Part[]): JsonObject[] {
  let at = 0
  return parts.flatMap((part) => {
    if (part.type !== 'text') return []
    at += part.text.length
    return (part.citations ?? []).map((citation) => annotationOf(citation, at)).filter((annotation) => annotation !== undefined)
  })
}

/** The text under the name that most clients know, and all of it, signed, for those that send it back (M6). */
function reasoningMembers(parts: Part[]): JsonObject {
  const reasoning = parts.filter((part): part is ReasoningPart => part.type === 'reasoning')
  if (reasoning.length === 0) return {}
  const text = joined(parts, 'reasoning')
  const details = reasoning.map((part, index) => ({ ...detailOf(part, part.origin), index }))
  return { ...(text === '' ? {} : { reasoning_content: text }), reasoning_details: details }
}

/** Of callers that speak of functions, each answer makes one call. */
function callMembers(parts: Part[], legacy: boolean): JsonObject {
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool_call')
  const [first] = calls
  if (first === undefined) return {}
  if (legacy) return { function_call: { name: first.name, arguments: first.arguments } }
  return { tool_calls: calls.map(encodeCall) }
}

function encodeCall({ id, signature, name, arguments: text, custom }: ToolCallPart): JsonObject {
  const told = withSignature(id, signature)
  if (custom === true) return { id: told, type: 'custom', custom: { name, input: text } }
  return { id: told, type: 'function', function: { name, arguments: text } }
}

function mediaMembers(parts: Part[], frame: AnswerFrame): JsonObject {
  const images = parts.filter((part) => part.type === 'image').map(imageMember)
  const audio = parts.find((part) => part.type === 'audio')
  return present({
    images: images.length === 0 ? undefined : images,
    audio: audio?.source.kind === 'base64' ? audioMember(audio.source.data, frame) : undefined,
  })
}

/** An image in an answer, in OpenRouter's form. */
export function imageMember(image: ImagePart): JsonObject {
  return { type: 'image_url', image_url: { url: urlOf(image.source) ?? '' } }
}

/** It cannot be referred to later: it expires as it is made. */
function audioMember(data: string, { requestId, created }: AnswerFrame): JsonObject {
  return { id: answerId('audio_', undefined, requestId), data, expires_at: created, transcript: '' }
}
