/** The bodies that Mistral's chat completions take; it refuses what it does not know at every depth. */
import type { ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, flag, integer, object, record, tagged, text } from './shape.ts'

const nullable = { nullable: true }
const chunk = tagged(
  'type',
  {
    text: record({ type: anything, text: text() }, { required: ['text'] }),
    image_url: record(
      {
        type: anything,
        image_url: byType(
          { string: text(), object: record({ url: text(), detail: text() }, { required: ['url'], ...nullable }) },
          'a string or an object',
        ),
      },
      { required: ['image_url'] },
    ),
    document_url: record({ type: anything, document_url: text(), document_name: text() }, { required: ['document_url'], ...nullable }),
    reference: record({ type: anything, reference_ids: array(anything) }, { required: ['reference_ids'] }),
    file: record({ type: anything, file_id: text() }, { required: ['file_id'] }),
    thinking: record({ type: anything, thinking: array(object), closed: flag, signature: text() }, { required: ['thinking'], ...nullable }),
    input_audio: record({ type: anything, input_audio: anything }, { required: ['input_audio'] }),
  },
  { within: true },
)
const content = byType({ string: text(), array: array(chunk) }, 'a string or a list')
const maybe = byType({ string: text(), array: array(chunk), null: anything }, 'a string or a list')

const call = record(
  {
    id: text(),
    type: choice('function'),
    function: record(
      { name: text(), arguments: byType({ string: text(), object }, 'a string or an object') },
      { required: ['name', 'arguments'] },
    ),
    index: integer(),
  },
  { required: ['function'], ...nullable },
)
const message = tagged(
  'role',
  {
    system: record({ role: anything, content }, { required: ['content'] }),
    user: record({ role: anything, content: maybe }, { required: ['content'] }),
    assistant: record({ role: anything, content: maybe, tool_calls: array(call), prefix: flag }, nullable),
    tool: record({ role: anything, content: maybe, tool_call_id: text(), name: text() }, nullable),
  },
  { within: true },
)

const tool = record(
  {
    type: text(),
    function: record(
      { name: text(), description: text(), parameters: object, strict: flag },
      { required: ['name', 'parameters'], ...nullable },
    ),
  },
  { required: ['function'] },
)

const chat = record(
  {
    model: text({ min: 1 }),
    messages: array(message),
    temperature: decimal({ min: 0, max: 1.5 }),
    top_p: decimal({ min: 0, max: 1 }),
    max_tokens: integer({ min: 0 }),
    stream: flag,
    stop: byType({ string: text(), array: array(text()) }, 'a string or a list'),
    random_seed: integer({ min: 0 }),
    metadata: object,
    response_format: record(
      {
        type: choice('text', 'json_object', 'json_schema'),
        json_schema: record(
          { name: text(), description: text(), schema: object, strict: flag },
          { required: ['name', 'schema'], ...nullable },
        ),
      },
      nullable,
    ),
    tools: array(tool),
    tool_choice: byType(
      {
        string: choice('auto', 'none', 'any', 'required'),
        object: record({ type: text(), function: record({ name: text() }, { required: ['name'] }) }, { required: ['function'] }),
      },
      'a string or an object',
    ),
    presence_penalty: decimal({ min: -2, max: 2 }),
    frequency_penalty: decimal({ min: -2, max: 2 }),
    n: integer({ min: 1 }),
    prediction: object,
    parallel_tool_calls: flag,
    prompt_mode: choice('reasoning'),
    reasoning_effort: choice('none', 'low', 'medium', 'high'),
    guardrails: array(object),
    safe_prompt: flag,
    prompt_cache_key: text(),
  },
  { required: ['model', 'messages'], ...nullable },
)

export const mistralShapes: ShapeRow[] = [{ vendors: ['mistral'], endpoints: ['chat'], shape: chat }]
