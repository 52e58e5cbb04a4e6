import type { Buckets } from '@faregate/core'
import type { Answer, Choice } from '../canonical/answer.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { answerId } from '../openai-chat/answer-id.ts'
import { finishMembers } from '../openai-chat/stop-reasons.ts'
import { usageMember } from '../openai-chat/usage-member.ts'
import { logprobsMember } from './logprobs.ts'

/** The body of an answer to a caller of completions: the text alone, for there is no member for anything else. */
export function encodeAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const body = {
    id: answerId('cmpl-', answer.id, frame.requestId),
    object: 'text_completion',
    created: frame.created,
    model: frame.model,
    choices: answer.choices.map(encodeChoice),
    usage: usageMember(buckets),
  }
  return Buffer.from(JSON.stringify(body))
}

function encodeChoice({ parts, stop, logprobs }: Choice, index: number): JsonObject {
  const text = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('')
  return { text, index, logprobs: logprobsMember(logprobs, 0), ...finishMembers(stop, false) }
}
