import { DOCS } from './docs.ts'
import { formRule, rules, type Question, type Rule, type ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, flag, integer, object, record, tagged, text, type Problem } from './shape.ts'
import { objectAt, objects } from './walk.ts'
import type { Violation } from '../types.ts'

const part = tagged('type', { text: record({ type: anything, text: text() }, { required: ['text'], open: true }) })
const content = byType({ string: text(), array: array(part), null: anything }, 'a string or a sequence')
const open = { open: true, nullable: true }
const message = tagged('role', {
  system: record({ content }, { required: ['content'], ...open }),
  user: record({ content }, { required: ['content'], ...open }),
  assistant: record({ content, reasoning_content: text(), tool_calls: array(object), prefix: flag }, open),
  tool: record({ content, tool_call_id: text() }, { required: ['content', 'tool_call_id'], ...open }),
})

/** Members that it does not know are passed over. */
export const deepseekShapes: ShapeRow[] = [
  {
    vendors: ['deepseek'],
    endpoints: ['chat'],
    shape: record(
      {
        model: text({ min: 1 }),
        messages: array(message, { min: 1 }),
        thinking: record({ type: choice('enabled', 'disabled') }, open),
        max_tokens: integer({ min: 1, max: 393_216 }),
        temperature: decimal({ min: 0, max: 2 }),
        top_p: decimal({ min: 0, max: 1 }),
        frequency_penalty: decimal({ min: -2, max: 2 }),
        presence_penalty: decimal({ min: -2, max: 2 }),
        top_logprobs: integer({ min: 0, max: 20 }),
        stream: flag,
        tools: array(object, { max: 128 }),
        response_format: record({ type: choice('text', 'json_object') }, open),
        stop: byType({ string: text(), array: array(text(), { max: 16 }) }, 'a string or a sequence'),
      },
      { required: ['model', 'messages'], ...open },
    ),
  },
  {
    vendors: ['compatible'],
    endpoints: ['chat'],
    shape: record({ model: text({ min: 1 }), messages: array(object, { min: 1 }) }, { required: ['model', 'messages'], ...open }),
  },
]

const PREFIX = 'Failed to deserialize the JSON body into the target type: '
const INVALID = { code: 'invalid_request_error' }

function path(problem: Problem): string {
  return problem.at.map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${segment}`)).join('')
}

/** What its parser of JSON says. */
function parser(problem: Problem): Violation {
  const names = problem.expected.replaceAll("'", '`').replace(', and ', ', ').replace(' and ', ', ')
  const said: Partial<Record<Problem['kind'], string>> = {
    missing: `missing field \`${String(problem.at.at(-1))}\``,
    enum: `unknown variant \`${String(problem.got)}\`, expected ${names.includes(',') ? 'one of ' : ''}${names}`,
    type: `invalid type: ${JSON.stringify(problem.got)}, expected ${problem.expected}`,
  }
  const at = problem.kind === 'missing' ? path({ ...problem, at: problem.at.slice(0, -1) }) : path(problem)
  return { status: 422, message: `${PREFIX}${at === '' ? '' : `${at}: `}${said[problem.kind] ?? 'invalid value'}`, ...INVALID }
}

function limits(problem: Problem): Violation {
  const name = path(problem)
  const range = name === 'max_tokens' ? `[1, 393216]` : `up to ${problem.expected}`
  return { message: `Invalid ${name} value, the valid range of ${name} is ${range}`, ...INVALID }
}

/** Thinking is on unless it is switched off, and never in the model that is named after a chat. */
function thinks({ body, route }: Question): boolean {
  return objectAt(body, 'thinking')['type'] !== 'disabled' && route.model !== 'deepseek-chat'
}

function unanswered({ body }: Question): Violation | undefined {
  const messages = objects(body['messages'])
  for (const [index, one] of messages.entries()) {
    const ids = objects(one['tool_calls']).map((call) => call['id'])
    if (ids.length === 0) continue
    const behind = messages.slice(index + 1)
    const end = behind.findIndex((next) => next['role'] !== 'tool')
    const answered = behind.slice(0, end < 0 ? behind.length : end).map((next) => next['tool_call_id'])
    if (ids.every((id) => answered.includes(id))) continue
    return {
      message:
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. (insufficient tool messages following tool_calls message)",
      ...INVALID,
    }
  }
  return undefined
}

function orphan({ body }: Question): Violation | undefined {
  let called: unknown[] = []
  for (const one of objects(body['messages'])) {
    if (one['role'] !== 'tool') called = objects(one['tool_calls']).map((call) => call['id'])
    else if (!called.includes(one['tool_call_id'])) {
      return { message: "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'", ...INVALID }
    }
  }
  return undefined
}

function forgotten(question: Question): Violation | undefined {
  if (!thinks(question)) return undefined
  const wrong = objects(question.body['messages']).some(
    (one) => one['role'] === 'assistant' && objects(one['tool_calls']).length > 0 && typeof one['reasoning_content'] !== 'string',
  )
  return wrong ? { message: 'The `reasoning_content` in the thinking mode must be passed back to the API.', ...INVALID } : undefined
}

const chat: Rule[] = rules({ vendors: ['deepseek'], endpoints: ['chat'] }, [
  [
    'deepseek.json',
    'The body is a JSON object',
    DOCS.deepseekErrors,
    ({ call }) =>
      call.body === undefined
        ? { message: 'Failed to parse the request body as JSON: expected value at line 1 column 1', ...INVALID }
        : undefined,
  ],
  [
    'deepseek.role',
    'A role is system, user, assistant or tool; there is no developer',
    DOCS.deepseekChat,
    formRule({ kinds: ['enum'], at: /role$/ }, parser),
  ],
  ['deepseek.text-only', 'Content is text', DOCS.deepseekChat, formRule({ kinds: ['enum'], at: /content\.\d+\.type$/ }, parser)],
  [
    'deepseek.json-schema',
    '`response_format` is text or json_object',
    DOCS.deepseekChat,
    ({ body }) =>
      objectAt(body, 'response_format')['type'] === 'json_schema'
        ? { message: 'This response_format type is unavailable now', ...INVALID }
        : undefined,
  ],
  [
    'deepseek.form',
    'Required members are there, and of the right type',
    DOCS.deepseekChat,
    formRule({ kinds: ['missing', 'type', 'enum'] }, parser),
  ],
  [
    'deepseek.limits',
    'Limits are kept: `max_tokens` from 1 to 393,216, at most 16 stop sequences and 128 tools',
    DOCS.deepseekChat,
    formRule({ kinds: ['low', 'high', 'few', 'many', 'short'] }, limits),
  ],
  ['deepseek.tool-answers', 'Every call is answered by the tool messages right behind it', DOCS.deepseekChat, unanswered],
  ['deepseek.tool-orphan', 'A tool message answers a call of the assistant message before it', DOCS.deepseekChat, orphan],
  [
    'deepseek.reasoning-back',
    'In thinking mode, `reasoning_content` comes back with every message that calls tools',
    DOCS.deepseekThinking,
    forgotten,
  ],
  [
    'deepseek.json-word',
    '`json_object` wants the word JSON in a message',
    'https://api-docs.deepseek.com/guides/json_mode',
    ({ body }) =>
      objectAt(body, 'response_format')['type'] === 'json_object' && !/json/i.test(JSON.stringify(body['messages']))
        ? { message: "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.", ...INVALID }
        : undefined,
  ],
])

/** Of a vendor that nothing more is known of. */
const compatible: Rule[] = rules({ vendors: ['compatible'], endpoints: ['chat'] }, [
  [
    'compatible.form',
    'The body is a JSON object with `model` and `messages`',
    DOCS.openaiChat,
    (question) => {
      if (question.call.body === undefined) return { message: 'invalid JSON' }
      const problem = question.problems[0]
      return problem === undefined ? undefined : { message: `Invalid '${path(problem)}'.`, param: path(problem) }
    },
  ],
])

export const deepseekRules: Rule[] = [...chat, ...compatible]
