import { DOCS } from './docs.ts'
import { formRule, rules, type Question, type Rule } from './rule.ts'
import type { Problem, ProblemKind } from './shape.ts'
import { array, objects, shown } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const CALL_ID = /^[a-zA-Z0-9]{9}$/

const KINDS: Record<ProblemKind, { type: string; say: (problem: Problem) => string }> = {
  unknown: { type: 'extra_forbidden', say: () => 'Extra inputs are not permitted' },
  missing: { type: 'missing', say: () => 'Field required' },
  type: { type: 'type_error', say: ({ expected }) => `Input should be ${expected.replace(/^an? /, 'a valid ')}` },
  enum: { type: 'enum', say: ({ expected }) => `Input should be ${expected.replace(', and ', ' or ').replace(' and ', ' or ')}` },
  low: { type: 'greater_than_equal', say: ({ expected }) => `Input should be greater than or equal to ${expected}` },
  high: { type: 'less_than_equal', say: ({ expected }) => `Input should be less than or equal to ${expected}` },
  short: { type: 'string_too_short', say: ({ expected }) => `String should have at least ${expected} characters` },
  long: { type: 'string_too_long', say: ({ expected }) => `String should have at most ${expected} characters` },
  few: { type: 'too_short', say: ({ expected }) => `List should have at least ${expected} items` },
  many: { type: 'too_long', say: ({ expected }) => `List should have at most ${expected} items` },
  pattern: { type: 'string_pattern_mismatch', say: ({ expected }) => `String should match pattern '${expected}'` },
}

/** 422 with one detail, as the validation of the form gives it. */
function says(problem: Problem): Violation {
  const { type, say } = KINDS[problem.kind]
  const detail = { type, loc: ['body', ...problem.at], msg: say(problem), input: problem.got ?? null }
  return { status: 422, message: JSON.stringify(detail) }
}

const form = (kinds: ProblemKind[], at?: RegExp): Rule['check'] => formRule(at === undefined ? { kinds } : { kinds, at }, says)

const ORDER = { type: 'invalid_request_message_order', code: '3230' }
const CALL = { type: 'invalid_function_call', code: '3280' }
const AFTER: Record<string, string[]> = {
  system: ['user', 'assistant', 'system'],
  user: ['assistant', 'system', 'user'],
  assistant: ['assistant', 'user', 'tool'],
  tool: ['assistant', 'tool'],
}

function order({ body }: Question): Violation | undefined {
  const roles = objects(body['messages']).map((message) => String(message['role']))
  const index = roles.findIndex((role, at) => at > 0 && AFTER[roles[at - 1] ?? '']?.includes(role) === false)
  return index < 0 ? undefined : { message: `Unexpected role '${roles[index]}' after role '${roles[index - 1]}'`, ...ORDER }
}

function last({ body }: Question): Violation | undefined {
  const messages = objects(body['messages'])
  const message = messages.at(-1)
  if (messages.length === 1) {
    return message?.['role'] === 'user' || message?.['role'] === 'system'
      ? undefined
      : { message: 'Conversation must start with a user message or system message', ...ORDER }
  }
  if (message?.['role'] !== 'assistant' || message['prefix'] === true) return undefined
  return { message: 'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant', ...ORDER }
}

function counts({ body }: Question): Violation | undefined {
  let expected = 0
  const wrong = { message: 'Not the same number of function calls and responses', ...ORDER }
  for (const message of objects(body['messages'])) {
    if (message['role'] === 'tool') expected--
    if (message['role'] !== 'assistant') continue
    if (expected !== 0) return wrong
    expected = array(message['tool_calls']).length
  }
  return expected === 0 ? undefined : wrong
}

function known({ body }: Question): Violation | undefined {
  let called: unknown[] = []
  for (const message of objects(body['messages'])) {
    if (message['role'] === 'assistant') called = objects(message['tool_calls']).map((call) => call['id'])
    const id = message['tool_call_id']
    if (message['role'] === 'tool' && !called.includes(id))
      return { message: `Unexpected tool call id ${String(id)} in tool results`, ...ORDER }
  }
  return undefined
}

/** The ids of calls and of their results. */
function ids({ body }: Question): Violation | undefined {
  for (const message of objects(body['messages'])) {
    const found = [
      ...objects(message['tool_calls']).map((call) => call['id']),
      ...(message['role'] === 'tool' ? [message['tool_call_id']] : []),
    ]
    const wrong = found.find((id) => !CALL_ID.test(String(id)))
    if (wrong === undefined) continue
    return { message: `Tool call id was ${shown(wrong)} but must be a-z, A-Z, 0-9, with a length of 9.`, ...CALL }
  }
  return undefined
}

function functionOf(value: JsonObject): JsonObject {
  return (value['function'] ?? {}) as JsonObject
}

function names({ body }: Question): Violation | undefined {
  const tools = objects(body['tools']).map((tool) => functionOf(tool)['name'])
  const calls = objects(body['messages']).flatMap((message) => objects(message['tool_calls']).map((call) => functionOf(call)['name']))
  const wrong = [...tools, ...calls].find((name) => !NAME.test(String(name)))
  if (wrong === undefined) return undefined
  return {
    message: `Function name was ${shown(wrong)} but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.`,
    ...CALL,
  }
}

function hollow({ body }: Question): Violation | undefined {
  const wrong = objects(body['messages']).some((message) => {
    const empty =
      message['content'] == null || message['content'] === '' || (Array.isArray(message['content']) && message['content'].length === 0)
    return message['role'] === 'assistant' && empty && array(message['tool_calls']).length === 0
  })
  return wrong
    ? {
        message: 'Assistant message must have either content or tool_calls, but not none.',
        type: 'invalid_request_assistant_message',
        code: '3240',
      }
    : undefined
}

function prefix({ body }: Question): Violation | undefined {
  const messages = objects(body['messages'])
  return messages.some((message, index) => message['prefix'] === true && index < messages.length - 1)
    ? { message: 'Assistant message with prefix True must be last message', type: 'invalid_request_assistant_message', code: '3240' }
    : undefined
}

export const mistralRules: Rule[] = rules({ vendors: ['mistral'], endpoints: ['chat'] }, [
  [
    'mistral.json',
    'The body is a JSON object',
    DOCS.mistralChat,
    ({ call }) => (call.body === undefined ? says({ kind: 'type', at: [0], got: {}, expected: 'a JSON object' }) : undefined),
  ],
  ['mistral.required', '`model` and `messages` are required', DOCS.mistralChat, form(['missing'], /^[^.]+$/)],
  [
    'mistral.unknown-member',
    'Members that the reference does not list are refused: `seed`, `user`, `max_completion_tokens`, `stream_options`, …',
    DOCS.mistralChat,
    form(['unknown'], /^[^.]+$/),
  ],
  ['mistral.unknown-nested', 'Unknown members of messages, chunks and tools are refused', DOCS.mistralChat, form(['unknown'])],
  ['mistral.role', 'A role is system, user, assistant or tool', DOCS.mistralChat, form(['enum'], /role$/)],
  ['mistral.member-required', 'Required members are there; a tool has parameters', DOCS.mistralChat, form(['missing'])],
  ['mistral.type', 'Members have the type of the reference', DOCS.mistralChat, form(['type'])],
  ['mistral.enum', 'Members with a list of values take only those', DOCS.mistralChat, form(['enum'])],
  ['mistral.range', '`temperature` is from 0 to 1.5, `top_p` from 0 to 1, penalties from -2 to 2', DOCS.mistralChat, form(['low', 'high'])],
  ['mistral.length', 'Texts are within their limits', DOCS.mistralChat, form(['short', 'long', 'few', 'many', 'pattern'])],
  [
    'mistral.messages-empty',
    'There is at least one message',
    DOCS.mistralValidator,
    ({ body }) => (array(body['messages']).length === 0 ? { message: 'Conversation must have at least one message', ...ORDER } : undefined),
  ],
  ['mistral.last-role', 'The last message is of the user or a tool, or of the assistant with `prefix: true`', DOCS.mistralValidator, last],
  ['mistral.order', 'After a tool comes a tool or the assistant; after the assistant no system', DOCS.mistralValidator, order],
  ['mistral.tool-count', 'There are as many tool messages as calls', DOCS.mistralValidator, counts],
  ['mistral.tool-id', 'Ids of calls have exactly 9 letters and digits', DOCS.mistralValidator, ids],
  ['mistral.tool-known', 'A tool message answers a call of the assistant message before it', DOCS.mistralValidator, known],
  ['mistral.function-name', 'Names of functions have up to 64 letters, digits, `_` and `-`', DOCS.mistralValidator, names],
  ['mistral.assistant-empty', 'A message of the assistant has content or calls', DOCS.mistralValidator, hollow],
  ['mistral.prefix-last', '`prefix: true` only in the last message', DOCS.mistralValidator, prefix],
])
