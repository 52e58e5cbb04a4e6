import { DOCS } from './docs.ts'
import { formRule, rules, type Question, type Row, type Rule } from './rule.ts'
import type { Problem, ProblemKind } from './shape.ts'
import { array, objectAt, objects, shown, stringOf } from './walk.ts'
import type { Violation } from '../types.ts'

const TYPE_NAMES: Record<string, string> = {
  'a string': 'string',
  'an integer': 'int',
  'a decimal': 'float',
  'a boolean': 'bool',
  'an array': 'array',
  'an object': 'object',
}
const where = ({ at }: Problem): string => at.join('.')
const GO: Record<string, string> = { number: 'float', boolean: 'bool' }

const SAYINGS: Record<ProblemKind, (problem: Problem) => string> = {
  unknown: (problem) => `unknown field: parameter '${where(problem)}' is not a valid field`,
  missing: (problem) => `invalid request: required '${where(problem)}' param is missing or empty.`,
  type: (problem) =>
    `invalid type: parameter '${where(problem)}' is of type ${GO[typeof problem.got] ?? typeof problem.got} but should be of type ${TYPE_NAMES[problem.expected] ?? problem.expected}`,
  enum: (problem) => `invalid request: '${where(problem)}' must be one of ${problem.expected}`,
  low: (problem) => `invalid request: ${where(problem)} must be at least ${problem.expected}.`,
  high: (problem) => `invalid request: ${where(problem)} must be at most ${problem.expected}.`,
  short: (problem) => `invalid request: ${where(problem)} must not be empty`,
  long: (problem) => `invalid request: ${where(problem)} is too long`,
  few: (problem) => `invalid request: ${where(problem)} must not be empty`,
  many: (problem) =>
    `invalid request: total number of ${where(problem)} must be at most ${problem.expected} - received ${(problem.got as unknown[]).length}`,
  pattern: (problem) => `invalid request: ${where(problem)} is not valid`,
}
const says = (problem: Problem): Violation => ({
  message: SAYINGS[problem.kind](problem),
  ...(problem.kind === 'unknown' ? { status: 422 } : {}),
})
const form = (kinds: ProblemKind[], at?: RegExp): Rule['check'] => formRule(at === undefined ? { kinds } : { kinds, at }, says)

const SHARED: Row[] = [
  [
    'cohere.json',
    'The body is a JSON object',
    DOCS.cohereErrors,
    ({ call }) => (call.body === undefined ? { message: 'invalid json syntax: unexpected end of JSON input' } : undefined),
  ],
  [
    'cohere.model-required',
    '`model` is required',
    DOCS.cohereErrors,
    ({ body }) => (stringOf(body['model']) === '' ? { message: 'a model parameter is required for this endpoint.' } : undefined),
  ],
  [
    'cohere.unknown-member',
    'Top-level members that the reference does not list are refused',
    DOCS.cohereChat,
    form(['unknown'], /^[^.]+$/),
  ],
  [
    'cohere.unknown-nested',
    'Unknown members of messages, parts and tools are refused',
    DOCS.cohereChat,
    form(['unknown']),
    { stricter: true },
  ],
  ['cohere.type', 'Members have the type of the reference', DOCS.cohereChat, form(['type'])],
  [
    'cohere.temperature-range',
    '`temperature` is from 0 to 1',
    DOCS.cohereErrors,
    (question) =>
      form(['low', 'high'], /^temperature$/)(question) === undefined
        ? undefined
        : { message: 'invalid request: temperature must be between 0 and 1.0 inclusive.' },
  ],
  [
    'cohere.range',
    'Numbers are within their ranges: penalties from 0 to 1, `k` from 0 to 500, `p` from 0.01 to 0.99',
    DOCS.cohereChat,
    form(['low', 'high']),
  ],
  ['cohere.tool-choice', '`tool_choice` is REQUIRED or NONE', DOCS.cohereChat, form(['enum'], /^tool_choice$/)],
  ['cohere.enum', 'Members with a list of values take only those', DOCS.cohereChat, form(['enum'])],
  ['cohere.count', 'At most 5 stop sequences, 96 texts, 1 image', DOCS.cohereChat, form(['many', 'few'])],
]

const CHAT: Row[] = [
  [
    'cohere.messages-required',
    'There is at least one message',
    DOCS.cohereChat,
    ({ body }) =>
      objects(body['messages']).length === 0 ? { message: 'invalid request: messages must be provided and not empty' } : undefined,
  ],
  ['cohere.tool-call-id', 'A tool message has the id of its call', DOCS.cohereErrors, idMissing],
  ['cohere.member-required', 'Required members of messages and tools are there', DOCS.cohereChat, form(['missing'])],
  ['cohere.tool-unknown', 'The id of a tool message is of a call before it', DOCS.cohereErrors, unknownId],
  ['cohere.tool-duplicate', 'Ids of calls are unique', DOCS.cohereErrors, duplicateId],
  ['cohere.tool-name', 'Names of tools have letters, digits and `_`, and begin with no digit', DOCS.cohereErrors, toolName],
  [
    'cohere.tool-choice-alone',
    '`tool_choice: REQUIRED` only with tools',
    DOCS.cohereChat,
    ({ body }) =>
      body['tool_choice'] != null && array(body['tools']).length === 0
        ? { message: 'invalid request: tool_choice can only be specified when tools are provided' }
        : undefined,
  ],
  [
    'cohere.two-penalties',
    '`frequency_penalty` and `presence_penalty` exclude each other',
    DOCS.cohereErrors,
    ({ body }) =>
      body['frequency_penalty'] != null && body['presence_penalty'] != null
        ? { message: 'invalid request: cannot specify both frequency_penalty and presence_penalty.' }
        : undefined,
  ],
  [
    'cohere.json-with-tools',
    '`response_format: json_object` not with tools or documents',
    DOCS.cohereChat,
    ({ body }) =>
      objectAt(body, 'response_format')['type'] === 'json_object' &&
      (array(body['tools']).length > 0 || array(body['documents']).length > 0)
        ? { message: 'invalid request: response_format is not supported with RAG.' }
        : undefined,
  ],
  [
    'cohere.safety-with-tools',
    '`safety_mode` not with tools or documents',
    DOCS.cohereChat,
    ({ body }) =>
      body['safety_mode'] != null && (array(body['tools']).length > 0 || array(body['documents']).length > 0)
        ? { message: 'invalid request: safety_mode is not supported with tools or documents.' }
        : undefined,
  ],
  ['cohere.content-empty', 'Messages of user, system and tools are not empty', DOCS.cohereErrors, hollow],
]

function idMissing({ body }: Question): Violation | undefined {
  return objects(body['messages']).some((one) => one['role'] === 'tool' && stringOf(one['tool_call_id']) === '')
    ? { message: 'tool call id must be provided with tool message' }
    : undefined
}

function unknownId({ body }: Question): Violation | undefined {
  const called: unknown[] = []
  for (const one of objects(body['messages'])) {
    called.push(...objects(one['tool_calls']).map((made) => made['id']))
    if (one['role'] === 'tool' && !called.includes(one['tool_call_id'])) return { message: 'tool call id not found in previous tool calls' }
  }
  return undefined
}

function duplicateId({ body }: Question): Violation | undefined {
  const ids = objects(body['messages']).flatMap((one) => objects(one['tool_calls']).map((made) => made['id']))
  return new Set(ids).size === ids.length ? undefined : { message: 'cannot have duplicate tool ids' }
}

function toolName({ body }: Question): Violation | undefined {
  const names = objects(body['tools']).map((one) => objectAt(one, 'function')['name'])
  const wrong = names.find((name) => !/^[A-Za-z_]\w*$/.test(String(name)))
  return wrong === undefined
    ? undefined
    : {
        message: `invalid request: tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit (provided name: '${shown(wrong)}').`,
      }
}

function hollow({ body }: Question): Violation | undefined {
  return objects(body['messages']).some(
    (one) =>
      one['role'] !== 'assistant' &&
      (one['content'] === '' || (array(one['content'] ?? [0]).length === 0 && Array.isArray(one['content']))),
  )
    ? { message: 'message must not be empty in a turn' }
    : undefined
}

export const cohereRules: Rule[] = [
  ...rules({ vendors: ['cohere'], endpoints: ['chat', 'embeddings', 'rerank'] }, SHARED),
  ...rules({ vendors: ['cohere'], endpoints: ['chat'] }, CHAT),
  ...rules({ vendors: ['cohere'], endpoints: ['embeddings'] }, [
    [
      'cohere.embed-input-type',
      '`input_type` is required',
      DOCS.cohereEmbed,
      ({ body }) =>
        body['input_type'] == null ? { message: 'invalid request: valid input_type must be provided with the provided model' } : undefined,
    ],
  ]),
  ...rules({ vendors: ['cohere'], endpoints: ['rerank'] }, [
    [
      'cohere.rerank-query',
      '`query` is not empty',
      DOCS.cohereRerank,
      ({ body }) =>
        stringOf(body['query']).trim() === '' ? { message: 'invalid request: query must not be empty or be only whitespace' } : undefined,
    ],
    [
      'cohere.rerank-documents',
      'There are documents to rank',
      DOCS.cohereRerank,
      ({ body }) =>
        array(body['documents']).length === 0 ? { message: 'invalid request: list of documents must not be empty' } : undefined,
    ],
  ]),
]
