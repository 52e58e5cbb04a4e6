/** The bodies that Cohere's chat, embed and rerank take. */
import type { ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, flag, integer, object, record, tagged, text } from './shape.ts'

const nullable = { nullable: true }
const textPart = record({ type: anything, text: text() }, { required: ['text'] })
const image = record(
  { type: anything, image_url: record({ url: text(), detail: choice('auto', 'low', 'high') }, { required: ['url'] }) },
  { required: ['image_url'] },
)
const content = (parts: Parameters<typeof tagged>[1]): ReturnType<typeof byType> =>
  byType({ string: text(), array: array(tagged('type', parts)) }, 'string or array')

const call = record(
  { id: text(), type: choice('function'), function: record({ name: text(), arguments: text() }, nullable) },
  { required: ['id', 'type', 'function'] },
)
const message = tagged('role', {
  user: record({ role: anything, content: content({ text: textPart, image_url: image }) }, { required: ['content'] }),
  assistant: record(
    {
      role: anything,
      content: content({ text: textPart, thinking: record({ type: anything, thinking: text() }, { required: ['thinking'] }) }),
      tool_calls: array(call),
      tool_plan: text(),
      citations: array(object),
    },
    nullable,
  ),
  system: record({ role: anything, content: content({ text: textPart }) }, { required: ['content'] }),
  tool: record(
    {
      role: anything,
      tool_call_id: text(),
      content: content({ text: textPart, document: record({ type: anything, document: object }, { required: ['document'] }) }),
    },
    { required: ['content'] },
  ),
})
const tool = record(
  {
    type: choice('function'),
    function: record({ name: text(), description: text(), parameters: object }, { required: ['name', 'parameters'], ...nullable }),
  },
  { required: ['type', 'function'] },
)

const chat = record(
  {
    model: text(),
    messages: array(message),
    stream: flag,
    tools: array(tool),
    strict_tools: flag,
    documents: array(anything),
    citation_options: record({ mode: choice('FAST', 'ACCURATE', 'OFF', 'ENABLED', 'DISABLED') }),
    response_format: record({ type: choice('text', 'json_object'), json_schema: object, schema: object }, { required: ['type'] }),
    safety_mode: choice('CONTEXTUAL', 'STRICT', 'OFF'),
    max_tokens: integer({ min: 0 }),
    stop_sequences: array(text(), { max: 5 }),
    temperature: decimal({ min: 0, max: 1 }),
    seed: integer({ min: 0 }),
    frequency_penalty: decimal({ min: 0, max: 1 }),
    presence_penalty: decimal({ min: 0, max: 1 }),
    k: decimal({ min: 0, max: 500 }),
    p: decimal({ min: 0.01, max: 0.99 }),
    logprobs: flag,
    tool_choice: choice('REQUIRED', 'NONE'),
    thinking: record({ type: choice('enabled', 'disabled'), token_budget: integer({ min: 1 }) }, { required: ['type'] }),
    priority: integer({ min: 0, max: 999 }),
  },
  nullable,
)

export const cohereShapes: ShapeRow[] = [
  { vendors: ['cohere'], endpoints: ['chat'], shape: chat },
  {
    vendors: ['cohere'],
    endpoints: ['embeddings'],
    shape: record(
      {
        model: text(),
        input_type: choice('search_document', 'search_query', 'classification', 'clustering', 'image'),
        texts: array(text(), { max: 96 }),
        images: array(text(), { max: 1 }),
        inputs: array(object, { max: 96 }),
        max_tokens: integer(),
        output_dimension: choice(256, 512, 1024, 1536),
        embedding_types: array(choice('float', 'int8', 'uint8', 'binary', 'ubinary', 'base64')),
        truncate: choice('NONE', 'START', 'END'),
        priority: integer(),
      },
      nullable,
    ),
  },
  {
    vendors: ['cohere'],
    endpoints: ['rerank'],
    shape: record(
      {
        model: text(),
        query: text(),
        documents: array(text()),
        top_n: integer({ min: 1 }),
        max_tokens_per_doc: integer(),
        priority: integer(),
      },
      nullable,
    ),
  },
]
