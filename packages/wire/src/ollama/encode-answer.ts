import type { Buckets } from '@faregate/core'
import type { Answer } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { withSignature } from '../canonical/tool-ids.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { mapPresent } from '../json/present.ts'
import { argumentsObject } from './arguments.ts'
import { callOf } from './encode-messages.ts'
import { writeLogprobs } from './logprobs.ts'
import { headOf, type Said, type Shape } from './shapes.ts'
import { doneReasonOf } from './stop-reasons.ts'
import { usageOf } from './usage.ts'

/** A whole answer in one of the two shapes. Ollama answers once: of several choices the first counts. */
export function encodeOllamaAnswer(shape: Shape, answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const [choice] = answer.choices
  const logprobs = choice?.logprobs
  return Buffer.from(
    JSON.stringify({
      ...headOf(frame),
      ...shape(saidBy(choice?.parts ?? [])),
      done: true,
      done_reason: doneReasonOf(choice?.stop ?? { reason: 'stop' }),
      ...usageOf(buckets),
      ...(logprobs === undefined ? {} : { logprobs: writeLogprobs(logprobs) }),
    }),
  )
}

function saidBy(parts: readonly Part[]): Said {
  const thinking = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('')
  const images = mapPresent(parts, (part) => (part.type === 'image' && part.source.kind === 'base64' ? part.source.data : undefined))
  const calls: JsonObject[] = []
  let content = ''
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') content += part.text
    if (part.type !== 'tool_call') continue
    const call = writtenCall(part, calls.length)
    if (call === undefined) content += part.arguments
    else calls.push(call)
  }
  return {
    content,
    ...(thinking === '' ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { calls }),
    ...(images.length === 0 ? {} : { images }),
  }
}

/**
 * A call for a caller, its id with the signature that has to come back; undefined where its arguments are no object: it
 * was cut off. Then they are text, as Ollama itself answers with a call that it cannot read.
 */
export function writtenCall(
  call: { id: string; name: string; arguments: string; signature?: string },
  index: number,
): JsonObject | undefined {
  const args = argumentsObject(call.arguments)
  return args && callOf({ id: withSignature(call.id, call.signature), name: call.name, args }, index)
}
