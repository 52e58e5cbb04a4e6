import { DOCS } from './docs.ts'
import { geminiSays } from './gemini-say.ts'
import { geminiTurns } from './gemini-turns.ts'
import { at, contentsOf, declarations, member, partsWith, schemasOf, schemaType } from './gemini-walk.ts'
import { formRule, rules, type Question, type Row, type Rule } from './rule.ts'
import { isObject } from './shape.ts'
import { array, objects, shown } from './walk.ts'
import type { Violation } from '../types.ts'

const form = (kinds: Parameters<typeof formRule>[0]['kinds'], where?: RegExp): Rule['check'] =>
  formRule(where === undefined ? { kinds } : { kinds, at: where }, geminiSays)

const FORM: Row[] = [
  [
    'gemini.json',
    'The body is a JSON object',
    DOCS.geminiGenerate,
    ({ call }) => (call.body === undefined ? { message: 'Invalid JSON payload received. Expected a value.\n\n^' } : undefined),
  ],
  [
    'gemini.unknown-member',
    'Top-level members that the reference does not list are refused',
    DOCS.geminiGenerate,
    form(['unknown'], /^[^.]+$/),
  ],
  [
    'gemini.schema-keyword',
    '`parameters`, `response` and `responseSchema` take Google’s subset of schemas: no `$ref`, `additionalProperties`, `oneOf`, `const`',
    DOCS.geminiSchema,
    form(['unknown'], /(^|\.)(parameters|response|response_?[sS]chema)\./),
  ],
  [
    'gemini.unknown-nested',
    'Members of contents, tools and configurations that the reference does not list are refused',
    DOCS.geminiGenerate,
    form(['unknown']),
  ],
  [
    'gemini.response-object',
    'A function’s response is an object',
    DOCS.geminiContents,
    form(['type', 'missing'], /(functionResponse|function_response)\.response$/),
  ],
  [
    'gemini.args-object',
    'A function’s arguments are an object',
    DOCS.geminiContents,
    form(['type'], /(functionCall|function_call)\.args$/),
  ],
  ['gemini.type', 'Members have the type of the reference', DOCS.geminiGenerate, form(['type'])],
  ['gemini.enum', 'Members with a list of values take only those', DOCS.geminiGenerate, form(['enum'])],
  ['gemini.required', 'Required members are there', DOCS.geminiGenerate, form(['missing'])],
  ['gemini.stop-count', 'There are at most 5 stop sequences', DOCS.geminiGenerate, form(['many'], /stop/)],
  ['gemini.temperature-range', '`temperature` is from 0 to 2', DOCS.geminiGenerate, form(['low', 'high'], /temperature$/)],
  ['gemini.range', 'Numbers of the configuration are within their ranges', DOCS.geminiGenerate, form(['low', 'high'])],
  [
    'gemini.function-name',
    'Names of functions begin with a letter or `_` and have up to 128 letters, digits, `_`, `.`, `:` and `-`',
    DOCS.geminiFunctions,
    (question) => {
      const wrong = form(['pattern'], /[dD]eclarations\.\d+\.name$/)(question)
      if (wrong === undefined) return undefined
      return {
        message: `* GenerateContentRequest.${wrong.param ?? ''}: [FIELD_INVALID] Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`,
      }
    },
  ],
  ['gemini.length', 'Names are not empty', DOCS.geminiContents, form(['short', 'pattern', 'few', 'many'])],
]

const TOOLS: Row[] = [
  [
    'gemini.two-schemas',
    '`parameters` and `parametersJsonSchema` exclude each other',
    DOCS.geminiFunctions,
    ({ body }) => {
      const both = declarations(body).find(({ value }) => value['parameters'] != null && member(value, 'parametersJsonSchema') != null)
      return both === undefined
        ? undefined
        : { message: `* GenerateContentRequest.${both.at}: parameters and parameters_json_schema are mutually exclusive.\n` }
    },
  ],
  [
    'gemini.config-without-functions',
    'A function calling configuration only with functions',
    DOCS.geminiTools,
    ({ body }) =>
      at(body, 'toolConfig', 'functionCallingConfig') != null && declarations(body).length === 0
        ? { message: 'Function calling config is set without function_declarations.' }
        : undefined,
  ],
  ['gemini.allowed-mode', '`allowedFunctionNames` only with mode ANY or VALIDATED', DOCS.geminiTools, allowedMode],
  ['gemini.allowed-known', '`allowedFunctionNames` are names of functions', DOCS.geminiTools, allowedKnown],
  ['gemini.schema-format', 'A string has no format but `enum` and `date-time`', DOCS.geminiSchema, schemaRule(wrongFormat)],
  [
    'gemini.schema-enum',
    '`enum` only with strings',
    DOCS.geminiSchema,
    schemaRule(({ value }) =>
      array(value['enum']).length > 0 && schemaType(value) !== 'STRING' ? '.enum: only allowed for STRING type' : undefined,
    ),
  ],
  [
    'gemini.schema-items',
    'An array has `items`',
    DOCS.geminiSchema,
    schemaRule(({ value }) => (schemaType(value) === 'ARRAY' && value['items'] == null ? '.items: missing field.' : undefined)),
  ],
  ['gemini.schema-required', '`required` names properties that are there', DOCS.geminiSchema, schemaRule(requiredUnknown)],
  [
    'gemini.schema-empty',
    'An object has properties',
    DOCS.geminiSchema,
    schemaRule(({ value }) =>
      schemaType(value) === 'OBJECT' && Object.keys(isObject(value['properties']) ? value['properties'] : {}).length === 0
        ? '.properties: should be non-empty for OBJECT type'
        : undefined,
    ),
    { stricter: true },
  ],
]

const CONFIG: Row[] = [
  [
    'gemini.schema-mime',
    'A schema for the answer comes with `responseMimeType: application/json`, or an enum’s',
    DOCS.geminiStructured,
    ({ body }) => {
      const config = at(body, 'generationConfig')
      const asked = ['responseSchema', 'responseJsonSchema', '_responseJsonSchema'].some((name) => member(config, name) != null)
      const mime = member(config, 'responseMimeType')
      return asked && mime !== 'application/json' && mime !== 'text/x.enum'
        ? {
            message:
              '* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is application/json.\n',
          }
        : undefined
    },
  ],
  [
    'gemini.thinking-one',
    '`thinkingLevel` and `thinkingBudget` exclude each other',
    DOCS.geminiThinking,
    ({ body }) => {
      const config = at(body, 'generationConfig', 'thinkingConfig')
      return member(config, 'thinkingLevel') != null && member(config, 'thinkingBudget') != null
        ? { message: 'You can only set only one of thinking budget and thinking level.' }
        : undefined
    },
  ],
  [
    'gemini.thinking-level',
    '`thinkingLevel` only from Gemini 3 on',
    DOCS.geminiThinking,
    ({ body, route }) =>
      at(body, 'generationConfig', 'thinkingConfig', 'thinkingLevel') != null && /gemini-[12]/.test(route.model)
        ? { message: 'Thinking level is not supported for this model.' }
        : undefined,
  ],
  [
    'gemini.thinking-always',
    'Gemini 2.5 Pro cannot be kept from thinking',
    DOCS.geminiThinking,
    ({ body, route }) =>
      at(body, 'generationConfig', 'thinkingConfig', 'thinkingBudget') === 0 && /gemini-2\.5-pro/.test(route.model)
        ? { message: 'Budget 0 is invalid. This model only works in thinking mode.' }
        : undefined,
  ],
  ['gemini.base64', 'Inline data is base64', DOCS.geminiContents, notBase64],
]

function schemaRule(wrong: (schema: { at: string; value: Record<string, unknown> }) => string | undefined): Rule['check'] {
  return ({ body }) => {
    for (const schema of schemasOf(body)) {
      const problem = wrong(schema)
      if (problem !== undefined) return { message: `* GenerateContentRequest.${schema.at}${problem}\n`, param: schema.at }
    }
    return undefined
  }
}

function wrongFormat({ value }: { value: Record<string, unknown> }): string | undefined {
  const { format } = value
  if (format == null || schemaType(value) !== 'STRING' || format === 'enum' || format === 'date-time') return undefined
  return ".format: only 'enum' and 'date-time' are supported for STRING type"
}

function requiredUnknown({ value }: { value: Record<string, unknown> }): string | undefined {
  const names = Object.keys(isObject(value['properties']) ? value['properties'] : {})
  const index = array(value['required']).findIndex((name) => !names.includes(String(name)))
  return index < 0 ? undefined : `.required[${index}]: property is not defined`
}

function allowedMode({ body }: Question): Violation | undefined {
  const config = at(body, 'toolConfig', 'functionCallingConfig')
  if (array(member(config, 'allowedFunctionNames')).length === 0 || ['ANY', 'VALIDATED'].includes(String(member(config, 'mode'))))
    return undefined
  return { message: 'allowed_function_names should only be set when the function calling mode is ANY or VALIDATED.' }
}

function allowedKnown({ body }: Question): Violation | undefined {
  const names = declarations(body).map(({ value }) => value['name'])
  const unknown = array(at(body, 'toolConfig', 'functionCallingConfig', 'allowedFunctionNames')).find((name) => !names.includes(name))
  return unknown === undefined
    ? undefined
    : { message: `allowed_function_names: function '${shown(unknown)}' is not declared in function_declarations.` }
}

function notBase64({ body }: Question): Violation | undefined {
  for (const [index, content] of contentsOf(body).entries()) {
    const data = partsWith(content, 'inlineData')
      .map((one) => String(one['data']))
      .find((one) => !/^[A-Za-z0-9+/_-]*={0,2}$/.test(one))
    if (data === undefined) continue
    return {
      message: `Invalid value at 'contents[${index}].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed for "${data.slice(0, 20)}"`,
    }
  }
  return undefined
}

export const geminiRules: Rule[] = [
  ...rules({ vendors: ['gemini', 'vertex'], endpoints: ['generate', 'count-tokens', 'embeddings', 'batch-embeddings'] }, FORM),
  ...rules({ vendors: ['gemini', 'vertex'], endpoints: ['generate'] }, [...TOOLS, ...CONFIG, ...geminiTurns]),
  ...rules({ vendors: ['gemini'], endpoints: ['batch-embeddings'] }, [
    [
      'gemini.batch-model',
      'Every request of a batch names its model as `models/…`',
      DOCS.geminiEmbeddings,
      ({ body }) =>
        objects(body['requests']).some((request) => !shown(request['model']).startsWith('models/'))
          ? { message: '* BatchEmbedContentsRequest.requests[0].model: unexpected model name format\n' }
          : undefined,
    ],
  ]),
]
