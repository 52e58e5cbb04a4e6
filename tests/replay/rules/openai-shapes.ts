/** The bodies that OpenAI's chat completions take. */
import type { ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, dictionary, flag, integer, object, record, tagged, text, type Shape } from './shape.ts'

export const NAME = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ })

const breakpoint = { prompt_cache_breakpoint: object }
const textPart = record({ type: anything, text: text(), ...breakpoint }, { required: ['text'] })
const imagePart = record(
  {
    type: anything,
    image_url: record({ url: text(), detail: choice('auto', 'low', 'high', 'original') }, { required: ['url'] }),
    ...breakpoint,
  },
  { required: ['image_url'] },
)
const audioPart = record(
  { type: anything, input_audio: record({ data: text(), format: choice('wav', 'mp3') }, { required: ['data', 'format'] }), ...breakpoint },
  { required: ['input_audio'] },
)
const filePart = record(
  { type: anything, file: record({ file_data: text(), file_id: text(), filename: text() }), ...breakpoint },
  { required: ['file'] },
)
const refusalPart = record({ type: anything, refusal: text() }, { required: ['refusal'] })

const EITHER = 'one of a string or array of objects'

function content(parts: Record<string, Shape>): Shape {
  return byType({ string: text(), array: array(tagged('type', parts), { min: 1 }) }, EITHER)
}

const textOnly = content({ text: textPart })
const userContent = content({ text: textPart, image_url: imagePart, input_audio: audioPart, file: filePart })
const assistantContent = byType(
  { string: text(), null: anything, array: array(tagged('type', { text: textPart, refusal: refusalPart }), { min: 1 }) },
  EITHER,
)

const call = tagged('type', {
  function: record(
    { id: text({ max: 64 }), type: anything, function: record({ name: NAME, arguments: text() }, { required: ['name', 'arguments'] }) },
    { required: ['id', 'function'] },
  ),
  custom: record({ id: text(), type: anything, custom: object }, { required: ['id', 'custom'] }),
})

const named = { role: anything, name: text() }
const message = tagged('role', {
  system: record({ ...named, content: textOnly }, { required: ['content'] }),
  developer: record({ ...named, content: textOnly }, { required: ['content'] }),
  user: record({ ...named, content: userContent }, { required: ['content'] }),
  assistant: record(
    {
      ...named,
      content: assistantContent,
      refusal: text(),
      // Not in the reference, but in every answer: clients send the message back as they got it, as the guides do.
      annotations: array(object),
      tool_calls: array(call, { min: 1 }),
      function_call: object,
      audio: record({ id: text() }, { required: ['id'] }),
    },
    { nullable: true },
  ),
  tool: record({ role: anything, content: textOnly, tool_call_id: text() }, { required: ['content', 'tool_call_id'] }),
  function: record({ ...named, content: byType({ string: text(), null: anything }, 'a string') }, { required: ['name'] }),
})

const functionTool = record(
  {
    type: anything,
    function: record(
      { name: NAME, description: text(), parameters: object, strict: byType({ boolean: flag, null: anything }, 'a boolean') },
      { required: ['name'], nullable: true },
    ),
  },
  { required: ['function'] },
)
const tool = tagged('type', { function: functionTool, custom: record({ type: anything, custom: object }, { required: ['custom'] }) })

const toolChoice = byType(
  {
    string: choice('none', 'auto', 'required'),
    object: tagged('type', {
      function: record({ type: anything, function: record({ name: text() }, { required: ['name'] }) }, { required: ['function'] }),
      custom: record({ type: anything, custom: object }, { required: ['custom'] }),
      allowed_tools: record({ type: anything, allowed_tools: object }, { required: ['allowed_tools'] }),
    }),
  },
  "one of one of 'none', 'auto', or 'required' or object",
)

const responseFormat = tagged('type', {
  text: record({ type: anything }),
  json_object: record({ type: anything }),
  json_schema: record(
    {
      type: anything,
      json_schema: record({ name: NAME, description: text(), schema: object, strict: flag }, { required: ['name'], nullable: true }),
    },
    { required: ['json_schema'] },
  ),
})

/** Of a user's name; the reference tells no number, the service does. */
export const LONGEST_USER = 64
export const METADATA = dictionary(text({ max: 512 }), { max: 16, longestName: 64 })
const EFFORTS = choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')

const chat = record(
  {
    messages: array(message, { min: 1, of: 'objects' }),
    model: text({ min: 1 }),
    audio: object,
    frequency_penalty: decimal({ min: -2, max: 2 }),
    function_call: anything,
    functions: array(record({ name: NAME, description: text(), parameters: object }, { required: ['name'] }), { min: 1, max: 128 }),
    logit_bias: dictionary(decimal({ min: -100, max: 100 })),
    logprobs: flag,
    max_completion_tokens: integer({ min: 1 }),
    max_tokens: integer({ min: 1 }),
    metadata: METADATA,
    modalities: array(choice('text', 'audio')),
    moderation: object,
    n: integer({ min: 1, max: 128 }),
    parallel_tool_calls: flag,
    prediction: object,
    presence_penalty: decimal({ min: -2, max: 2 }),
    prompt_cache_key: text(),
    prompt_cache_options: object,
    prompt_cache_retention: choice('in_memory', '24h'),
    reasoning_effort: EFFORTS,
    response_format: responseFormat,
    safety_identifier: text({ max: 128 }),
    seed: integer(),
    service_tier: choice('auto', 'default', 'flex', 'scale', 'priority', 'fast'),
    stop: byType({ string: text(), array: array(text(), { min: 1, max: 4 }) }, 'one of a string or array of strings'),
    store: flag,
    stream: flag,
    stream_options: record({ include_usage: flag, include_obfuscation: flag }),
    temperature: decimal({ min: 0, max: 2 }),
    tool_choice: toolChoice,
    tools: array(tool, { min: 1, max: 128, of: 'objects' }),
    top_logprobs: integer({ min: 0, max: 20 }),
    top_p: decimal({ min: 0, max: 1 }),
    user: text({ max: LONGEST_USER }),
    verbosity: choice('low', 'medium', 'high'),
    web_search_options: object,
  },
  { required: ['messages'], nullable: true },
)

export const openaiChatShapes: ShapeRow[] = [{ vendors: ['openai', 'azure'], endpoints: ['chat'], shape: chat }]
