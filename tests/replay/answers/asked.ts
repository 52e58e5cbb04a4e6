/** What a request asks for, read from each vendor's form: enough for the answer `auto` to fit it. */
import { declarations, at as inGemini, contentsOf, partsWith } from '../rules/gemini-walk.ts'
import { firstText, objectAt, objects, stringOf } from '../rules/walk.ts'
import type { Dialect, JsonObject } from '../types.ts'

export interface Asked {
  tools: { name: string; schema: unknown }[]
  /** `any` wants a call, a name wants that one, `none` forbids. */
  choice: string
  /** The results of tools that the conversation ends with. */
  results: string[]
  /** The answer must be JSON of this schema. */
  schema: unknown
  thinks: boolean
  streamUsage: boolean
}

type Reader = (body: JsonObject) => Asked

const NOTHING: Asked = { tools: [], choice: 'auto', results: [], schema: undefined, thinks: false, streamUsage: false }

/** Text of a string, or of what parts have as text. */
function flat(content: unknown): string {
  return typeof content === 'string'
    ? content
    : objects(content)
        .map((part) => stringOf(part['text']))
        .join('')
}

function trailing<T>(list: T[], fits: (one: T) => boolean): T[] {
  const from = list.findLastIndex((one) => !fits(one)) + 1
  return list.slice(from)
}

function openaiChoice(choice: unknown): string {
  if (typeof choice === 'string') return choice === 'required' ? 'any' : choice
  return firstText(objectAt(choice, 'function')['name'], objectAt(choice)['name'], 'auto')
}

const chat: Reader = (body) => {
  const format = objectAt(body, 'response_format')
  return {
    tools: objects(body['tools']).map((tool) => {
      const called = objectAt(tool, 'function')
      return { name: stringOf(called['name']), schema: called['parameters'] }
    }),
    choice: openaiChoice(body['tool_choice']),
    results: trailing(objects(body['messages']), (message) => message['role'] === 'tool').map((message) => flat(message['content'])),
    schema:
      format['type'] === 'json_schema' ? objectAt(format, 'json_schema')['schema'] : format['type'] === 'json_object' ? {} : undefined,
    thinks: objectAt(body, 'thinking')['type'] !== 'disabled',
    streamUsage: objectAt(body, 'stream_options')['include_usage'] === true,
  }
}

const responses: Reader = (body) => {
  const format = objectAt(body, 'text', 'format')
  return {
    ...NOTHING,
    tools: objects(body['tools'])
      .filter((tool) => tool['type'] === 'function')
      .map((tool) => ({ name: stringOf(tool['name']), schema: tool['parameters'] })),
    choice: openaiChoice(body['tool_choice']),
    results: trailing(objects(body['input']), (item) => item['type'] === 'function_call_output').map((item) => flat(item['output'])),
    schema: format['type'] === 'json_schema' ? format['schema'] : undefined,
    thinks: body['reasoning'] != null && objectAt(body, 'reasoning')['effort'] !== 'none',
  }
}

const anthropic: Reader = (body) => {
  const choice = objectAt(body, 'tool_choice')
  const last = objects(objects(body['messages']).at(-1)?.['content'])
  return {
    ...NOTHING,
    tools: objects(body['tools']).map((tool) => ({ name: stringOf(tool['name']), schema: tool['input_schema'] })),
    choice: choice['type'] === 'tool' ? stringOf(choice['name']) : firstText(choice['type'], 'auto'),
    results: last.filter((block) => block['type'] === 'tool_result').map((block) => flat(block['content'])),
    schema: objectAt(body, 'output_config', 'format')['schema'],
    thinks: ['enabled', 'adaptive'].includes(String(objectAt(body, 'thinking')['type'])),
  }
}

const gemini: Reader = (body) => {
  const config = inGemini(body, 'generationConfig')
  const calling = inGemini(body, 'toolConfig', 'functionCallingConfig')
  const mode = stringOf(inGemini(calling, 'mode')).toLowerCase()
  const allowed = inGemini(calling, 'allowedFunctionNames')
  const only = Array.isArray(allowed) && allowed.length === 1 ? stringOf(allowed[0]) : undefined
  const json = inGemini(config, 'responseMimeType') === 'application/json'
  return {
    ...NOTHING,
    tools: declarations(body).map(({ value }) => ({
      name: stringOf(value['name']),
      schema: value['parameters'] ?? inGemini(value, 'parametersJsonSchema'),
    })),
    choice: mode === 'any' ? (only ?? 'any') : mode === 'none' ? 'none' : 'auto',
    results: partsWith(contentsOf(body).at(-1), 'functionResponse').map((one) => JSON.stringify(one['response'])),
    schema: json ? (inGemini(config, 'responseSchema') ?? inGemini(config, 'responseJsonSchema') ?? {}) : undefined,
    thinks: inGemini(config, 'thinkingConfig', 'includeThoughts') === true,
  }
}

const cohere: Reader = (body) => {
  const format = objectAt(body, 'response_format')
  return {
    ...chat(body),
    choice: body['tool_choice'] === 'REQUIRED' ? 'any' : body['tool_choice'] === 'NONE' ? 'none' : 'auto',
    schema: format['type'] === 'json_object' ? (format['json_schema'] ?? format['schema'] ?? {}) : undefined,
    thinks: objectAt(body, 'thinking')['type'] === 'enabled',
  }
}

const ollama: Reader = (body) => ({
  ...chat(body),
  choice: 'auto',
  schema: typeof body['format'] === 'object' ? (body['format'] ?? undefined) : body['format'] === 'json' ? {} : undefined,
  thinks: body['think'] !== undefined && body['think'] !== null && body['think'] !== false,
})

const bedrock: Reader = (body) => {
  const choice = objectAt(body, 'toolConfig', 'toolChoice')
  const last = objects(objects(body['messages']).at(-1)?.['content'])
  const format = objectAt(body, 'outputConfig', 'textFormat', 'structure', 'jsonSchema')['schema']
  return {
    ...NOTHING,
    tools: objects(objectAt(body, 'toolConfig')['tools']).map((tool) => {
      const spec = objectAt(tool, 'toolSpec')
      return { name: stringOf(spec['name']), schema: objectAt(spec, 'inputSchema')['json'] }
    }),
    choice: choice['any'] === undefined ? firstText(objectAt(choice, 'tool')['name'], 'auto') : 'any',
    results: last.filter((block) => block['toolResult'] !== undefined).map((block) => flat(objectAt(block, 'toolResult')['content'])),
    schema: typeof format === 'string' ? (JSON.parse(format) as unknown) : undefined,
    thinks: ['thinking', 'reasoning_config'].some((name) => objectAt(body, 'additionalModelRequestFields', name)['type'] === 'enabled'),
  }
}

const READERS: Record<Dialect, Reader> = {
  'openai-chat': chat,
  'openai-responses': responses,
  completions: (body) => ({ ...NOTHING, streamUsage: objectAt(body, 'stream_options')['include_usage'] === true }),
  anthropic,
  gemini,
  cohere,
  ollama,
  'ollama-generate': ollama,
  bedrock,
}

export function whatIsAsked(dialect: Dialect, body: JsonObject): Asked {
  const asked = READERS[dialect](body)
  return { ...asked, tools: asked.tools.filter(({ name }) => name !== '') }
}
