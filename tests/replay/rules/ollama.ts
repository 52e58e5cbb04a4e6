import { DOCS } from './docs.ts'
import { rules, type Question, type Row, type Rule } from './rule.ts'
import { isObject, typeName } from './shape.ts'
import { objectAt, objects, shown, stringOf } from './walk.ts'
import type { JsonObject, Violation } from '../types.ts'

/** What Go's decoder says of a value of the wrong type: its name for a JSON value, the field, the type in Go. */
function cannot(value: unknown, field: string, type: string): Violation {
  const names: Record<string, string> = { boolean: 'bool', null: 'null' }
  const name = typeName(value)
  return { message: `json: cannot unmarshal ${names[name] ?? name} into Go struct field ${field} of type ${type}` }
}

const INTEGERS = ['num_keep', 'seed', 'num_predict', 'top_k', 'repeat_last_n', 'num_ctx', 'num_batch', 'num_gpu', 'main_gpu', 'num_thread']
const FLOATS = ['top_p', 'min_p', 'typical_p', 'temperature', 'repeat_penalty', 'presence_penalty', 'frequency_penalty']

function options({ body }: Question): Violation | undefined {
  for (const [name, value] of Object.entries(objectAt(body, 'options'))) {
    if (value === null) continue
    if (INTEGERS.includes(name) && typeof value !== 'number') return { message: `option "${name}" must be of type integer` }
    if (FLOATS.includes(name) && typeof value !== 'number') return { message: `option "${name}" must be of type float32` }
    if (name === 'stop' && !Array.isArray(value)) return { message: `option "${name}" must be of type array` }
  }
  return undefined
}

function format({ body }: Question): Violation | undefined {
  const value = body['format']
  if (value == null || value === '' || value === 'json' || isObject(value)) return undefined
  return { message: `invalid format: ${JSON.stringify(value)}; expected "json" or a valid JSON Schema object` }
}

function think({ body }: Question): Violation | undefined {
  const value = body['think']
  if (value == null || typeof value === 'boolean' || ['high', 'medium', 'low', 'max'].includes(shown(value))) return undefined
  return { message: `invalid think value: ${JSON.stringify(value)} (must be "high", "medium", "low", "max", true, or false)` }
}

/** Images of a chat's messages, or of a prompt. */
function images(body: JsonObject): unknown[] {
  const from = (one: JsonObject): unknown[] => (Array.isArray(one['images']) ? one['images'] : [])
  return [...from(body), ...objects(body['messages']).flatMap(from)]
}

function base64({ body }: Question): Violation | undefined {
  for (const image of images(body)) {
    if (typeof image !== 'string') return cannot(image, 'Message.messages.images', 'api.ImageData')
    const at = image.search(/[^A-Za-z0-9+/=]/)
    if (at >= 0) return { message: `illegal base64 data at input byte ${at}` }
    if (image.replace(/=+$/, '').length % 4 === 1 || image.length % 4 !== 0)
      return { message: `illegal base64 data at input byte ${image.length - (image.length % 4)}` }
  }
  return undefined
}

const JSON_ROW: Row = [
  'ollama.json',
  'The body is a JSON object',
  DOCS.ollamaErrors,
  ({ call }) => {
    if (call.bytes.length === 0) return { message: 'missing request body' }
    return call.body === undefined ? { message: 'invalid character looking for beginning of value' } : undefined
  },
]

const SHARED: Row[] = [
  [
    'ollama.model',
    '`model` is required',
    DOCS.ollamaApi,
    ({ body }) => {
      if (body['model'] != null && typeof body['model'] !== 'string') return cannot(body['model'], 'ChatRequest.model', 'string')
      return stringOf(body['model']) === '' ? { message: 'model is required' } : undefined
    },
  ],
  [
    'ollama.stream',
    '`stream` is true or false',
    DOCS.ollamaTypes,
    ({ body }) =>
      body['stream'] == null || typeof body['stream'] === 'boolean' ? undefined : cannot(body['stream'], 'ChatRequest.stream', 'bool'),
  ],
  ['ollama.options', 'Options have the type of the model file’s parameters', DOCS.ollamaTypes, options],
  ['ollama.format', '`format` is "json" or a schema', DOCS.ollamaApi, format],
  ['ollama.think', '`think` is true, false, or a level', DOCS.ollamaApi, think],
  ['ollama.images', 'Images are base64 without a prefix, never addresses', DOCS.ollamaApi, base64],
]

const CHAT: Row[] = [
  [
    'ollama.messages',
    '`messages` is an array of objects',
    DOCS.ollamaTypes,
    ({ body }) =>
      body['messages'] == null || (Array.isArray(body['messages']) && body['messages'].every(isObject))
        ? undefined
        : cannot(body['messages'], 'ChatRequest.messages', '[]api.Message'),
  ],
  [
    'ollama.content',
    'Content is a string, never an array of parts',
    DOCS.ollamaTypes,
    ({ body }) => {
      const wrong = objects(body['messages']).find((message) => message['content'] != null && typeof message['content'] !== 'string')
      return wrong === undefined ? undefined : cannot(wrong['content'], 'Message.messages.content', 'string')
    },
  ],
  [
    'ollama.arguments',
    'Arguments of a call are an object, never a text',
    DOCS.ollamaTypes,
    ({ body }) => {
      const calls = objects(body['messages']).flatMap((message) => objects(message['tool_calls']))
      const wrong = calls.map((call) => objectAt(call, 'function')['arguments']).find((value) => value != null && !isObject(value))
      return wrong === undefined
        ? undefined
        : cannot(wrong, 'ToolCallFunction.messages.tool_calls.function.arguments', 'api.ToolCallFunctionArguments')
    },
  ],
  [
    'ollama.tools',
    '`tools` is an array of objects with `function`',
    DOCS.ollamaTypes,
    ({ body }) =>
      body['tools'] == null || (Array.isArray(body['tools']) && body['tools'].every((tool) => isObject(tool) && isObject(tool['function'])))
        ? undefined
        : cannot(body['tools'], 'ChatRequest.tools', 'api.Tools'),
  ],
]

/** Of its own API: under OpenAI's paths it takes what it knows and passes over the rest. */
function native(rows: Row[]): Row[] {
  return rows.map(([id, what, doc, check]) => [
    id,
    what,
    doc,
    (asked) => (asked.route.dialect === 'openai-chat' ? undefined : check(asked)),
  ])
}

export const ollamaRules: Rule[] = [
  ...rules({ vendors: ['ollama'], endpoints: ['chat', 'completions', 'embeddings'] }, [JSON_ROW, ...native(SHARED)]),
  ...rules({ vendors: ['ollama'], endpoints: ['chat'] }, native(CHAT)),
  ...rules({ vendors: ['ollama'], endpoints: ['chat'] }, [
    [
      'ollama.openai-parts',
      'Under OpenAI’s paths, parts of content are texts and images',
      DOCS.ollamaOpenai,
      ({ body, route }) => {
        if (route.dialect !== 'openai-chat') return undefined
        const parts = objects(body['messages']).flatMap((message) => objects(message['content']))
        const fine = parts.every(({ type }) => type === 'text' || type === 'image_url')
        return fine ? undefined : { message: 'invalid message format' }
      },
    ],
  ]),
  ...rules({ vendors: ['ollama'], endpoints: ['completions'] }, [
    [
      'ollama.raw',
      '`raw` not with `template`, `system` or `context`',
      DOCS.ollamaApi,
      ({ body }) =>
        body['raw'] === true && ['template', 'system', 'context'].some((name) => body[name] != null && body[name] !== '')
          ? { message: 'raw mode does not support template, system, or context' }
          : undefined,
    ],
  ]),
  ...rules({ vendors: ['ollama'], endpoints: ['embeddings'] }, [
    [
      'ollama.embed-input',
      '`input` is a text or an array of texts',
      DOCS.ollamaApi,
      ({ body }) => {
        const { input } = body
        const fine = typeof input === 'string' || (Array.isArray(input) && input.every((one) => typeof one === 'string'))
        return fine || input == null ? undefined : { message: 'invalid input type' }
      },
    ],
  ]),
]
