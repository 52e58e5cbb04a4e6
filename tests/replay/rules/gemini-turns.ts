/** What Gemini wants of contents: roles, calls and their responses, signatures. */
import { DOCS } from './docs.ts'
import { contentsOf, member, partsWith, type Content } from './gemini-walk.ts'
import type { Question, Row } from './rule.ts'
import { isObject } from './shape.ts'
import type { Violation } from '../types.ts'
import { shown } from './walk.ts'

/** What the documentation gives for calls that the model did not make. */
const STAND_INS = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']
const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

function isUser(content: Content): boolean {
  return content.role !== 'model'
}

/** The role a turn has; a response to a function is of the user, whatever it is called. */
function kindOf(content: Content): 'model' | 'response' | 'user' {
  if (content.role === 'model') return 'model'
  return partsWith(content, 'functionResponse').length > 0 ? 'response' : 'user'
}

function callOrder({ body }: Question): Violation | undefined {
  const contents = contentsOf(body)
  const wrong = contents.some((content, index) => {
    const before = contents[index - 1]
    return partsWith(content, 'functionCall').length > 0 && (before === undefined || kindOf(before) === 'model')
  })
  return wrong
    ? { message: 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.' }
    : undefined
}

function responseOrder({ body }: Question): Violation | undefined {
  const contents = contentsOf(body)
  const wrong = contents.some(
    (content, index) => partsWith(content, 'functionResponse').length > 0 && partsWith(contents[index - 1], 'functionCall').length === 0,
  )
  return wrong ? { message: 'Please ensure that function response turn comes immediately after a function call turn.' } : undefined
}

function responseCount({ body }: Question): Violation | undefined {
  const contents = contentsOf(body)
  const wrong = contents.some((content, index) => {
    const calls = partsWith(content, 'functionCall').length
    const next = contents[index + 1]
    return calls > 0 && next !== undefined && partsWith(next, 'functionResponse').length !== calls
  })
  return wrong
    ? {
        message:
          'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      }
    : undefined
}

function unansweredLast({ body }: Question): Violation | undefined {
  const last = contentsOf(body).at(-1)
  return partsWith(last, 'functionCall').length > 0
    ? { message: 'Please ensure that function call turn is followed by a function response turn.' }
    : undefined
}

function responseNames({ body }: Question): Violation | undefined {
  const contents = contentsOf(body)
  for (const [index, content] of contents.entries()) {
    const called = partsWith(contents[index - 1], 'functionCall').map((call) => call['name'])
    const response = partsWith(content, 'functionResponse').find((one) => !called.includes(one['name']))
    if (response === undefined) continue
    return {
      message: `* GenerateContentRequest.contents[${index}].parts: function_response.name '${String(response['name'])}' does not match a function call.\n`,
    }
  }
  return undefined
}

/** The turn that goes on: from the last content of the user that is more than responses. */
function currentTurn(contents: Content[]): number {
  return contents.findLastIndex((content) => isUser(content) && kindOf(content) === 'user')
}

function unsigned({ body, route }: Question): Violation | undefined {
  if (!/gemini-[3-9]/.test(route.model)) return undefined
  const contents = contentsOf(body)
  for (let index = currentTurn(contents) + 1; index < contents.length; index++) {
    const part = contents[index]?.parts.find((one) => isObject(member(one, 'functionCall')))
    if (part === undefined || typeof member(part, 'thoughtSignature') === 'string') continue
    const name = String((member(part, 'functionCall') as { name?: unknown }).name)
    return {
      message: `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    }
  }
  return undefined
}

function forged({ body, issued }: Question): Violation | undefined {
  const signatures = contentsOf(body).flatMap((content) => content.parts.map((part) => member(part, 'thoughtSignature')))
  const wrong = signatures.some((one) => typeof one === 'string' && !issued.has(one) && !STAND_INS.includes(one))
  return wrong ? { message: 'Thought signature is not valid.' } : undefined
}

function hollow({ body }: Question): Violation | undefined {
  for (const [index, content] of contentsOf(body).entries()) {
    if (content.parts.length === 0)
      return { message: `* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n` }
    const at = content.parts.findIndex((part) => !DATA.some((name) => member(part, name) !== undefined))
    if (at < 0) continue
    return {
      message: `* GenerateContentRequest.contents[${index}].parts[${at}].data: required oneof field 'data' must have one initialized field\n`,
    }
  }
  return undefined
}

function twoInOne({ body }: Question): Violation | undefined {
  for (const [index, content] of contentsOf(body).entries()) {
    const at = content.parts.findIndex((part) => DATA.filter((name) => member(part, name) !== undefined).length > 1)
    if (at < 0) continue
    return {
      message: `Invalid value at 'contents[${index}].parts[${at}]' (oneof), oneof field 'data' is already set. Cannot set another field.`,
    }
  }
  return undefined
}

export const geminiTurns: Row[] = [
  [
    'gemini.contents-empty',
    'There is at least one content',
    DOCS.geminiGenerate,
    ({ body }) =>
      contentsOf(body).length > 0
        ? undefined
        : { message: '* GenerateContentRequest.contents: contents is not specified\n', param: 'contents' },
  ],
  [
    'gemini.role',
    'A role is user or model, and of a single content may be left out',
    DOCS.geminiContents,
    ({ body }) =>
      contentsOf(body).some(({ role }) => role !== undefined && !['user', 'model', 'function'].includes(shown(role)))
        ? { message: 'Please use a valid role: user, model.' }
        : undefined,
  ],
  ['gemini.parts-empty', 'Every content has parts, and every part has data', DOCS.geminiContents, hollow],
  ['gemini.part-one', 'A part has one kind of data', DOCS.geminiContents, twoInOne],
  [
    'gemini.first-user',
    'The first content is of the user',
    DOCS.geminiContents,
    ({ body }) =>
      contentsOf(body)[0]?.role === 'model' && partsWith(contentsOf(body)[0], 'functionCall').length === 0
        ? { message: 'Please ensure that multiturn requests begin with a user role.' }
        : undefined,
    { stricter: true },
  ],
  [
    'gemini.alternate',
    'Contents of user and model alternate',
    DOCS.geminiContents,
    ({ body }) => {
      const contents = contentsOf(body)
      const wrong = contents.some((content, index) => index > 0 && isUser(content) === isUser(contents[index - 1] ?? content))
      return wrong ? { message: 'Please ensure that multiturn requests alternate between user and model.' } : undefined
    },
    { stricter: true },
  ],
  ['gemini.call-order', 'A content with calls comes right after one of the user, or after responses', DOCS.geminiTools, callOrder],
  ['gemini.response-order', 'A content with responses comes right after the calls', DOCS.geminiTools, responseOrder],
  ['gemini.response-count', 'There are as many responses as calls, all in one content', DOCS.geminiTools, responseCount],
  ['gemini.call-unanswered', 'The last content has no calls', DOCS.geminiTools, unansweredLast],
  ['gemini.response-name', 'A response has the name of a call', DOCS.geminiContents, responseNames, { stricter: true }],
  [
    'gemini.signature-required',
    'Gemini 3: the first call of every step of the current turn has its thought signature',
    DOCS.geminiSignatures,
    unsigned,
  ],
  ['gemini.signature-valid', 'Thought signatures come back as they were given out', DOCS.geminiSignatures, forged],
]
