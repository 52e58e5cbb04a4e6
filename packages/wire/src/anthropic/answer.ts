import type { Buckets } from '@faregate/core'
import type { Answer } from '../canonical/answer.ts'
import type { Part } from '../canonical/conversation.ts'
import { readingOf } from '../canonical/reading.ts'
import { plainId, withSignature } from '../canonical/tool-ids.ts'
import type { AnswerFrame, AnswerReading } from '../dialect.ts'
import { Fields } from '../input/fields.ts'
import { isObject, parseObject, type JsonObject } from '../json/object.ts'
import { encodeCitation } from './citations.ts'
import { decodeBlock } from './decode-parts.ts'
import { inputOf } from './encode-parts.ts'
import { markedSignature } from './signatures.ts'
import { refusalText, stopMembers, stopOf } from './stop-reasons.ts'
import { readUsage, writeUsage } from './usage.ts'

/** Ids of calls as callers get them: what every vendor takes back. */
const LONGEST_ID = 64

/** Reads a whole answer; undefined if it is no message: not JSON, cut off, an error under status 200. */
export function decodeAnswer(body: Buffer): Answer | undefined {
  const message = parseObject(body.toString('utf8'))
  if (message === undefined || message['type'] === 'error' || !Array.isArray(message['content'])) return undefined
  const refusal = refusalText(message)
  const parts: Part[] = partsOf(message['content'])
  if (refusal !== '') parts.push({ type: 'refusal', text: refusal, at: '' })
  const { id, model } = message
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    choices: [{ parts, stop: stopOf(message) ?? { reason: 'stop' } }],
    usage: readUsage(message['usage']),
  }
}

/** The parts of an answer. A block that is not what its type says is left out: an answer is not refused for it. */
export function partsOf(content: unknown[]): Part[] {
  return content.flatMap((block) => {
    const part = isObject(block) ? decodeBlock(block, '', new Fields()) : undefined
    return part === undefined ? [] : [part]
  })
}

/** What money needs of a whole answer; calls of the vendor's own tools are output, too. */
export function readAnswer(body: Buffer): AnswerReading | undefined {
  const answer = decodeAnswer(body)
  if (answer === undefined) return undefined
  const reading = readingOf(answer)
  const own = answer.choices.some(({ parts }) => parts.some(({ type }) => type === 'vendor'))
  return { ...reading, hasOutput: reading.hasOutput || own }
}

/** An answer of any vendor as a message. Callers of this dialect ask for one choice. */
export function encodeAnswer({ id, choices }: Answer, frame: AnswerFrame, buckets: Buckets): Buffer {
  const { parts, stop } = choices[0] ?? { parts: [], stop: { reason: 'stop' as const } }
  const has = (type: Part['type']): boolean => parts.some((part) => part.type === type)
  const message = {
    model: frame.model,
    id: messageId(id, frame),
    type: 'message',
    role: 'assistant',
    content: parts.map(answerBlock).filter((block) => block !== undefined),
    ...stopMembers(stop, { toolCalls: has('tool_call'), refusal: has('refusal') }),
    usage: writeUsage(buckets),
  }
  return Buffer.from(JSON.stringify(message))
}

/** Ids begin with `msg_` (E8): the upstream's, or one that is derived from the request's. */
export function messageId(id: string | undefined, { requestId }: AnswerFrame): string {
  return id?.startsWith('msg_') === true ? id : `msg_${requestId.replace(/^req_/, '')}`
}

/** The id of a call as the caller gets it, with the thought signature that has to come back (T4). */
export function callId(id: string, signature: string | undefined): string {
  return withSignature(plainId(id, LONGEST_ID), signature)
}

function answerBlock(part: Part): JsonObject | undefined {
  switch (part.type) {
    case 'text': {
      const citations = part.citations?.map(encodeCitation).filter((citation) => citation !== undefined) ?? []
      return part.text === '' ? undefined : { type: 'text', text: part.text, ...(citations.length === 0 ? {} : { citations }) }
    }
    case 'refusal':
      return part.text === '' ? undefined : { type: 'text', text: part.text }
    case 'reasoning':
      return part.redacted === undefined
        ? { type: 'thinking', thinking: part.text, signature: markedSignature(part.signature, part.origin) }
        : { type: 'redacted_thinking', data: markedSignature(part.redacted, part.origin) }
    case 'tool_call':
      return { type: 'tool_use', id: callId(part.id, part.signature), name: part.name, input: inputOf(part.arguments) }
    case 'vendor':
      return part.dialect === 'anthropic' && isObject(part.value) ? part.value : undefined
    default:
      return undefined
  }
}
