import type { Invalid } from '../dialect.ts'
import { dearerService } from '../input/dearer-service.ts'
import { complaint } from '../input/complaint.ts'
import { invalid } from '../input/body.ts'
import {
  aBoolean,
  anArray,
  anObject,
  aString,
  filledList,
  firstFault,
  firstStranger,
  limitFrom,
  MODEL,
  optional,
  type MemberChecks,
} from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['messages', filledList('message')],
  // 0 fills the prompt cache and generates nothing.
  ['max_tokens', limitFrom(0)],
  ['stream', aBoolean],
  ['tools', anArray],
  ['tool_choice', anObject],
  ['output_config', anObject],
  ['metadata', anObject],
  ['thinking', anObject],
]

/** The same of what stands in objects, by the name of the object. */
const NESTED: [holder: string, checks: MemberChecks][] = [
  ['metadata', [['user_id', aString]]],
  ['thinking', [['budget_tokens', optional((value) => (typeof value === 'number' ? undefined : 'a number'))]]],
]

/** The first thing that money and routing cannot do without and that is wrong; undefined if they can go on. */
export function validateMessages(body: JsonObject): Invalid | undefined {
  const { messages, speed } = body
  return firstFault(body, CHECKS) ?? wrongMessage(messages as unknown[]) ?? wrongInside(body) ?? dearerService({ speed })
}

function wrongInside(body: JsonObject): Invalid | undefined {
  for (const [name, checks] of NESTED) {
    const holder = body[name]
    const fault = isObject(holder) ? firstFault(holder, checks, `/${name}`) : undefined
    if (fault !== undefined) return fault
  }
  return undefined
}

function wrongMessage(messages: unknown[]): Invalid | undefined {
  const stranger = firstStranger(messages, '/messages', 'an object with `role` and `content`')
  if (stranger !== undefined) return stranger
  const index = messages.findIndex((message) => !isObject(message) || typeof message['role'] !== 'string')
  const message = messages[index]
  return isObject(message) ? invalid(`/messages/${index}/role`, complaint('role', message['role'], 'a string')) : undefined
}
