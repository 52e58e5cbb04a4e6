import { DOCS } from './docs.ts'
import { openaiSays } from './openai-say.ts'
import { strictProblem } from './openai-strict.ts'
import { formRule, rules, type Question, type Rule, type Row } from './rule.ts'
import { isObject } from './shape.ts'
import { array, objectAt, objects } from './walk.ts'
import type { Violation } from '../types.ts'

const form = (kinds: Parameters<typeof formRule>[0]['kinds'], at?: RegExp): Rule['check'] =>
  formRule(at === undefined ? { kinds } : { kinds, at }, openaiSays)

/** What the form of the body must be, in the order in which OpenAI looks at it. */
const FORM: Row[] = [
  [
    'openai.model-required',
    '`model` is required',
    DOCS.openaiChat,
    ({ body, route }) =>
      route.modelInPath || (typeof body['model'] === 'string' && body['model'] !== '')
        ? undefined
        : { message: 'you must provide a model parameter' },
  ],
  ['openai.messages-required', '`messages` is required', DOCS.openaiChat, form(['missing'], /^messages$/)],
  [
    'openai.unknown-member',
    'Top-level members that the reference does not list are refused',
    DOCS.openaiChat,
    form(['unknown'], /^[^.]+$/),
  ],
  [
    'openai.unknown-nested',
    'Members of messages, parts and tools that the reference does not list are refused',
    DOCS.openaiChat,
    form(['unknown']),
  ],
  ['openai.member-required', 'Required members of messages, tools and formats are there', DOCS.openaiChat, form(['missing'])],
  ['openai.type', 'Members have the type of the reference', DOCS.openaiChat, form(['type'])],
  [
    'openai.role',
    'A role is system, developer, user, assistant, tool or function',
    DOCS.openaiChat,
    form(['enum'], /^messages\.\d+\.role$/),
  ],
  [
    'openai.part-type',
    'Each role takes its own types of content parts: the assistant text and refusals, only the user images',
    DOCS.openaiChat,
    form(['enum'], /^messages\.\d+\.content\.\d+\.type$/),
  ],
  ['openai.enum', 'Members with a list of values take only those', DOCS.openaiChat, form(['enum'])],
  ['openai.temperature-range', '`temperature` is from 0 to 2', DOCS.openaiChat, form(['low', 'high'], /^temperature$/)],
  ['openai.top-p-range', '`top_p` is from 0 to 1', DOCS.openaiChat, form(['low', 'high'], /^top_p$/)],
  ['openai.penalty-range', 'Penalties are from -2 to 2', DOCS.openaiChat, form(['low', 'high'], /_penalty$/)],
  ['openai.n-range', '`n` is from 1 to 128', DOCS.openaiChat, form(['low', 'high'], /^n$/)],
  ['openai.limit-range', 'Output limits are at least 1', DOCS.openaiChat, form(['low'], /^max_(completion_)?tokens$/)],
  ['openai.top-logprobs-range', '`top_logprobs` is from 0 to 20', DOCS.openaiChat, form(['low', 'high'], /^top_logprobs$/)],
  ['openai.logit-bias-range', 'A bias is from -100 to 100', DOCS.openaiChat, form(['low', 'high'], /^logit_bias\./)],
  ['openai.stop-count', '`stop` has at most 4 sequences', DOCS.openaiChat, form(['many'], /^stop$/)],
  ['openai.tools-count', '`tools` has at most 128 tools', DOCS.openaiTools, form(['many'], /^tools$/)],
  [
    'openai.metadata',
    '`metadata` has at most 16 pairs, names up to 64 and values up to 512 characters',
    DOCS.openaiChat,
    form(['many', 'long'], /^metadata/),
  ],
  [
    'openai.user',
    '`user` has up to 64 characters, and `safety_identifier` up to 128',
    DOCS.openaiUser,
    form(['long'], /^(user|safety_identifier)$/),
  ],
  ['openai.empty-array', 'Arrays such as `messages`, `tools` and `tool_calls` are not empty', DOCS.openaiChat, form(['few'])],
  [
    'openai.tool-name',
    'Names of functions have up to 64 letters, digits, `_` and `-`',
    DOCS.openaiTools,
    form(['pattern', 'long', 'short'], /name$/),
  ],
]

/** What members must be to one another. */
const RELATIONS: Row[] = [
  [
    'openai.two-limits',
    '`max_tokens` and `max_completion_tokens` exclude each other',
    DOCS.openaiChat,
    ({ body }) =>
      body['max_tokens'] != null && body['max_completion_tokens'] != null
        ? {
            message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            code: 'invalid_parameter_combination',
          }
        : undefined,
  ],
  [
    'openai.stream-options',
    '`stream_options` only with `stream: true`',
    DOCS.openaiChat,
    ({ body }) =>
      body['stream_options'] != null && body['stream'] !== true
        ? { message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param: 'stream_options' }
        : undefined,
  ],
  [
    'openai.metadata-stored',
    '`metadata` only with `store: true`',
    DOCS.openaiMetadata,
    ({ body }) =>
      body['metadata'] != null && body['store'] !== true
        ? { message: "The 'metadata' parameter is only allowed when 'store' is enabled.", param: 'metadata' }
        : undefined,
  ],
  [
    'openai.top-logprobs-alone',
    '`top_logprobs` only with `logprobs: true`',
    DOCS.openaiChat,
    ({ body }) =>
      body['top_logprobs'] != null && body['logprobs'] !== true
        ? { message: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", param: 'top_logprobs' }
        : undefined,
  ],
  ['openai.tool-choice-alone', '`tool_choice` and `parallel_tool_calls` only with tools', DOCS.openaiTools, choiceAlone],
  ['openai.tool-choice-known', 'A function that is chosen is among the tools', DOCS.openaiTools, choiceUnknown],
  [
    'openai.tool-answers',
    'Every call of an assistant message is answered by the tool messages right behind it',
    DOCS.openaiTools,
    unanswered,
  ],
  ['openai.tool-orphan', 'A tool message answers a call of the assistant message before it', DOCS.openaiTools, orphan],
  ['openai.json-word', '`json_object` wants the word JSON in a message', DOCS.openaiStructured, jsonWord],
  [
    'openai.strict-schema',
    'A strict schema closes every object with `additionalProperties: false` and requires every property',
    DOCS.openaiStructured,
    strict,
  ],
]

function choiceAlone({ body }: Question): Violation | undefined {
  if (array(body['tools']).length > 0 || array(body['functions']).length > 0) return undefined
  const member = ['tool_choice', 'parallel_tool_calls'].find((name) => body[name] != null && body[name] !== 'none')
  if (member === undefined) return undefined
  return { message: `Invalid value for '${member}': '${member}' is only allowed when 'tools' are specified.`, param: member }
}

function choiceUnknown({ body }: Question): Violation | undefined {
  const chosen = isObject(body['tool_choice']) ? body['tool_choice']['function'] : undefined
  if (!isObject(chosen)) return undefined
  const names = objects(body['tools']).map((tool) => (isObject(tool['function']) ? tool['function']['name'] : undefined))
  if (names.includes(chosen['name'])) return undefined
  return { message: `Tool choice 'function' not found in 'tools' parameter.`, param: 'tool_choice' }
}

function unanswered({ body }: Question): Violation | undefined {
  const messages = objects(body['messages'])
  for (const [index, message] of messages.entries()) {
    const ids = objects(message['tool_calls']).map((call) => call['id'])
    if (ids.length === 0) continue
    const behind = messages.slice(index + 1)
    const end = behind.findIndex((next) => next['role'] !== 'tool')
    const answered = behind.slice(0, end < 0 ? behind.length : end).map((next) => next['tool_call_id'])
    const missing = ids.filter((id) => !answered.includes(id))
    if (missing.length === 0) continue
    return {
      message: `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.join(', ')}`,
      param: `messages.[${index + 1}].role`,
    }
  }
  return undefined
}

function orphan({ body }: Question): Violation | undefined {
  let open: unknown[] = []
  for (const [index, message] of objects(body['messages']).entries()) {
    if (message['role'] !== 'tool') {
      open = objects(message['tool_calls']).map((call) => call['id'])
    } else if (!open.includes(message['tool_call_id'])) {
      return {
        message: "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        param: `messages.[${index}].role`,
      }
    }
  }
  return undefined
}

function jsonWord({ body }: Question): Violation | undefined {
  const format = body['response_format']
  if (!isObject(format) || format['type'] !== 'json_object' || /json/i.test(JSON.stringify(body['messages']))) return undefined
  return {
    message: "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    param: 'messages',
  }
}

function strict({ body }: Question): Violation | undefined {
  const format = isObject(body['response_format']) ? body['response_format']['json_schema'] : undefined
  const inFormat = isObject(format) && format['strict'] === true ? strictProblem(format['schema']) : undefined
  if (inFormat !== undefined && isObject(format)) {
    return {
      message: `Invalid schema for response_format '${String(format['name'])}': ${inFormat}`,
      param: 'response_format',
      code: 'invalid_json_schema',
    }
  }
  for (const [index, tool] of objects(body['tools']).entries()) {
    const called = objectAt(tool, 'function')
    const problem = called['strict'] === true ? strictProblem(called['parameters']) : undefined
    if (problem === undefined) continue
    return {
      message: `Invalid schema for function '${String(called['name'])}': ${problem}`,
      param: `tools[${index}].function.parameters`,
      code: 'invalid_function_parameters',
    }
  }
  return undefined
}

export const openaiChatRules: Rule[] = rules({ vendors: ['openai', 'azure'], endpoints: ['chat'] }, [...FORM, ...RELATIONS])
