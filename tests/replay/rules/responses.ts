import { DOCS } from './docs.ts'
import { isReasoningModel } from './openai-reasoning.ts'
import { openaiSays } from './openai-say.ts'
import { strictProblem } from './openai-strict.ts'
import { formRule, rules, type Question, type Rule } from './rule.ts'
import { isObject } from './shape.ts'
import { objectAt, objects } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

/** How the ids of items begin, by type. */
const PREFIX: Record<string, string> = { message: 'msg', function_call: 'fc', reasoning: 'rs', custom_tool_call: 'ctc' }

function items(question: Question): JsonObject[] {
  return objects(question.body['input'])
}

function calls(question: Question, type: 'function_call' | 'custom_tool_call'): Violation | undefined {
  const all = items(question)
  const outputs = all.filter((item) => item['type'] === `${type}_output`).map((item) => item['call_id'])
  const missing = all.find((item) => item['type'] === type && !outputs.includes(item['call_id']))
  if (missing === undefined || question.body['previous_response_id'] != null || question.body['conversation'] != null) return undefined
  const what = type === 'function_call' ? 'function call' : 'custom tool call'
  return { message: `No tool output found for ${what} ${String(missing['call_id'])}.`, param: 'input' }
}

function orphan(question: Question): Violation | undefined {
  if (question.body['previous_response_id'] != null || question.body['conversation'] != null) return undefined
  const called: unknown[] = []
  for (const item of items(question)) {
    if (item['type'] === 'function_call') called.push(item['call_id'])
    if (item['type'] === 'function_call_output' && !called.includes(item['call_id'])) {
      return { message: `No tool call found for function call output with call_id ${String(item['call_id'])}.`, param: 'input' }
    }
  }
  return undefined
}

function reasoningAlone(question: Question): Violation | undefined {
  const all = items(question)
  const index = all.findIndex((item, at) => {
    const next = all[at + 1]
    const follows = next !== undefined && next['role'] !== 'user' && next['type'] !== 'function_call_output'
    return item['type'] === 'reasoning' && typeof item['id'] === 'string' && !follows
  })
  if (index < 0) return undefined
  return {
    message: `Item '${String(all[index]?.['id'])}' of type 'reasoning' was provided without its required following item.`,
    param: 'input',
  }
}

function encrypted(question: Question): Violation | undefined {
  const item = items(question).find(
    (one) => one['type'] === 'reasoning' && typeof one['encrypted_content'] === 'string' && !question.issued.has(one['encrypted_content']),
  )
  if (item === undefined) return undefined
  return {
    message: `The encrypted content for item ${String(item['id'])} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    code: 'invalid_encrypted_content',
  }
}

function ids(question: Question): Violation | undefined {
  for (const [index, item] of items(question).entries()) {
    const type = typeof item['type'] === 'string' ? item['type'] : 'message'
    const prefix = PREFIX[type]
    const id = item['id']
    if (prefix === undefined || typeof id !== 'string' || id.startsWith(prefix)) continue
    return {
      message: `Invalid 'input[${index}].id': '${id}'. Expected an ID that begins with '${prefix}'.`,
      param: `input[${index}].id`,
      code: 'invalid_value',
    }
  }
  return undefined
}

function strict({ body }: Question): Violation | undefined {
  const format = objectAt(body, 'text', 'format')
  const problem = format['type'] === 'json_schema' && format['strict'] === true ? strictProblem(format['schema']) : undefined
  if (problem !== undefined) {
    return {
      message: `Invalid schema for response_format '${String(format['name'])}': ${problem}`,
      param: 'text.format.schema',
      code: 'invalid_json_schema',
    }
  }
  for (const [index, tool] of objects(body['tools']).entries()) {
    // Here strict is what is meant when nothing is said of it, but a schema that does not fit is then not refused.
    const wrong = tool['type'] === 'function' && tool['strict'] === true ? strictProblem(tool['parameters']) : undefined
    if (wrong === undefined) continue
    return {
      message: `Invalid schema for function '${String(tool['name'])}': ${wrong}`,
      param: `tools[${index}].parameters`,
      code: 'invalid_function_parameters',
    }
  }
  return undefined
}

const SOURCES = ['input', 'previous_response_id', 'prompt', 'conversation']

export const responsesRules: Rule[] = rules({ vendors: ['openai', 'azure'], endpoints: ['responses'] }, [
  [
    'responses.input-required',
    '`input` is required unless a prompt, a conversation or an earlier response stands for it',
    DOCS.openaiResponses,
    ({ body }) =>
      SOURCES.some((name) => body[name] != null)
        ? undefined
        : { message: "Missing required parameter: 'input'.", param: 'input', code: 'missing_required_parameter' },
  ],
  [
    'responses.item-type',
    'Items of the input have a type that is known',
    DOCS.openaiResponses,
    formRule({ kinds: ['enum'], at: /^input\.\d+\.type$/ }, openaiSays),
  ],
  [
    'responses.part-type',
    'Parts of input messages are `input_…`, parts of the assistant `output_text` or `refusal`',
    DOCS.openaiResponses,
    formRule({ kinds: ['enum'], at: /^input\.\d+\.content\.\d+\.type$/ }, openaiSays),
  ],
  [
    'responses.limit-range',
    '`max_output_tokens` is at least 16',
    DOCS.openaiResponses,
    formRule({ kinds: ['low'], at: /^max_output_tokens$/ }, openaiSays),
  ],
  [
    'responses.user',
    '`user` has up to 64 characters, and `safety_identifier` up to 128',
    DOCS.openaiUser,
    formRule({ kinds: ['long'], at: /^(user|safety_identifier)$/ }, openaiSays),
  ],
  [
    'responses.tool-flat',
    'A function tool has its name at the top, not inside `function`',
    DOCS.openaiTools,
    formRule({ kinds: ['missing'], at: /^tools\.\d+\.name$/ }, openaiSays),
  ],
  [
    'responses.reasoning-sampling',
    'While a model reasons, `temperature` and `top_p` are refused',
    DOCS.openaiReasoning,
    ({ body, route }) => {
      if (!isReasoningModel(route.model) || objectAt(body, 'reasoning')['effort'] === 'none') return undefined
      const param = ['temperature', 'top_p'].find((name) => body[name] != null && body[name] !== 1)
      return param === undefined ? undefined : { message: `Unsupported parameter: '${param}' is not supported with this model.`, param }
    },
  ],
  [
    'responses.tool-choice-known',
    'A function that is chosen is among the tools',
    DOCS.openaiTools,
    ({ body }) => {
      const chosen = body['tool_choice']
      if (!isObject(chosen) || chosen['type'] !== 'function') return undefined
      if (objects(body['tools']).some((tool) => tool['name'] === chosen['name'])) return undefined
      return { message: "Tool choice 'function' not found in 'tools' parameter.", param: 'tool_choice' }
    },
  ],
  ['responses.id-prefix', 'Ids of items begin as their type does: msg, fc, rs', DOCS.openaiResponses, ids],
  ['responses.output-orphan', 'A function call output follows the call of its `call_id`', DOCS.openaiTools, orphan],
  ['responses.call-unanswered', 'Every function call has an output', DOCS.openaiTools, (question) => calls(question, 'function_call')],
  [
    'responses.custom-call-unanswered',
    'Every custom tool call has an output',
    DOCS.openaiTools,
    (question) => calls(question, 'custom_tool_call'),
  ],
  ['responses.reasoning-alone', 'A reasoning item with an id is followed by what it led to', DOCS.openaiReasoning, reasoningAlone],
  ['responses.encrypted', 'Encrypted reasoning comes back as it was given out', DOCS.openaiReasoning, encrypted],
  ['responses.strict-schema', 'Strict schemas close objects and require every property', DOCS.openaiStructured, strict],
])
