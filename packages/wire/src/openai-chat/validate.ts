import type { Invalid } from '../dialect.ts'
import { dearerService } from '../input/dearer-service.ts'
import { invalid } from '../input/body.ts'
import { complaint } from '../input/complaint.ts'
import {
  aBoolean,
  aString,
  filledList,
  firstFault,
  integerWithin,
  limitFrom,
  MODEL,
  optional,
  type MemberChecks,
} from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'

const MOST_ANSWERS = 128

/** What every request of OpenAI's has that can be streamed. */
export const STREAMING: MemberChecks = [
  ['stream', aBoolean],
  ['n', optional((value) => integerWithin(1, MOST_ANSWERS, value))],
  ['stream_options', optional((value) => (isObject(value) ? undefined : 'an object, such as {"include_usage": true}'))],
  ['user', aString],
]

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['messages', filledList('message')],
  ['max_tokens', limitFrom(1)],
  ['max_completion_tokens', limitFrom(1)],
  ...STREAMING,
]

/** The first thing that is wrong with a parsed request; undefined if it is fine. */
export function validateChat(value: JsonObject): Invalid | undefined {
  const { messages, service_tier } = value
  return (
    firstFault(value, CHECKS) ?? validateStreamOptions(value) ?? validateMessages(messages as unknown[]) ?? dearerService({ service_tier })
  )
}

export function validateStreamOptions(value: JsonObject): Invalid | undefined {
  const options = value['stream_options']
  return isObject(options) ? firstFault(options, [['include_usage', aBoolean]], '/stream_options') : undefined
}

function validateMessages(messages: unknown[]): Invalid | undefined {
  for (const [index, message] of messages.entries()) {
    if (!isObject(message))
      return invalid(`/messages/${index}`, complaint(`messages[${index}]`, message, 'an object with `role` and `content`'))
    if (typeof message['role'] !== 'string') {
      return invalid(`/messages/${index}/role`, complaint('role', message['role'], 'a string, such as "user"'))
    }
  }
  return undefined
}
