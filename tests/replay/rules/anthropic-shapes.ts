/** The bodies that Anthropic's messages take. */
import type { ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, flag, integer, object, record, tagged, text, type Shape } from './shape.ts'

const cache = { cache_control: record({ type: choice('ephemeral'), ttl: choice('5m', '1h') }, { required: ['type'] }) }
const nullable = { nullable: true }
const TOOL_ID = text({ min: 1, pattern: /^[a-zA-Z0-9_-]+$/ })
const TOOL_NAME = text({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ })
const TOOL_USE_NAME = text({ min: 1, max: 200 })

const IMAGE_TYPES = choice('image/jpeg', 'image/png', 'image/gif', 'image/webp')
const url = record({ type: anything, url: text() }, { required: ['url'] })
const file = record({ type: anything, file_id: text() }, { required: ['file_id'] })
const imageSource = tagged(
  'type',
  {
    base64: record({ type: anything, media_type: IMAGE_TYPES, data: text({ min: 1 }) }, { required: ['media_type', 'data'] }),
    url,
    file,
  },
  { within: true },
)
const documentSource = tagged(
  'type',
  {
    base64: record({ type: anything, media_type: choice('application/pdf'), data: text({ min: 1 }) }, { required: ['media_type', 'data'] }),
    text: record({ type: anything, media_type: choice('text/plain'), data: text() }, { required: ['media_type', 'data'] }),
    content: record({ type: anything, content: anything }, { required: ['content'] }),
    url,
    file,
  },
  { within: true },
)

const textBlock = record({ type: anything, text: text(), citations: array(object), ...cache }, { required: ['text'], ...nullable })
const image = record({ type: anything, source: imageSource, transformations: object, ...cache }, { required: ['source'], ...nullable })
const document = record(
  { type: anything, source: documentSource, title: text(), context: text(), citations: record({ enabled: flag }), ...cache },
  { required: ['source'], ...nullable },
)
const searchResult = record(
  { type: anything, source: text(), title: text(), content: array(textBlock), citations: record({ enabled: flag }), ...cache },
  { required: ['source', 'title', 'content'], ...nullable },
)

const resultContent = byType(
  {
    string: text(),
    array: array(
      tagged(
        'type',
        { text: textBlock, image, document, search_result: searchResult, tool_reference: object, browser_state: object },
        { within: true },
      ),
    ),
  },
  'a valid string or list',
)
const toolResult = record(
  { type: anything, tool_use_id: TOOL_ID, content: resultContent, is_error: flag, toolset_name: text(), ...cache },
  { required: ['tool_use_id'], ...nullable },
)
const toolUse = record(
  { type: anything, id: TOOL_ID, name: TOOL_USE_NAME, input: object, caller: object, toolset_name: text(), ...cache },
  { required: ['id', 'name', 'input'], ...nullable },
)
const server = [
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'container_upload',
  'mid_conv_system',
]
const blocks: Record<string, Shape> = {
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  thinking: record({ type: anything, thinking: text(), signature: text() }, { required: ['thinking', 'signature'] }),
  redacted_thinking: record({ type: anything, data: text() }, { required: ['data'] }),
  tool_use: toolUse,
  tool_result: toolResult,
  ...Object.fromEntries(server.map((name) => [name, object])),
}

const message = record(
  {
    role: choice('user', 'assistant', 'system'),
    content: byType({ string: text(), array: array(tagged('type', blocks, { within: true })) }, 'a valid string or list'),
    output_config: object,
    clear_at: text(),
  },
  { required: ['role', 'content'] },
)

const custom = record(
  {
    type: anything,
    name: TOOL_NAME,
    description: text(),
    input_schema: record({ type: choice('object') }, { required: ['type'], open: true }),
    strict: flag,
    input_examples: array(object),
    allowed_callers: anything,
    defer_loading: flag,
    eager_input_streaming: flag,
    ...cache,
  },
  { required: ['name', 'input_schema'], ...nullable },
)

/** A tool without a type is one of the caller's own; the vendor's own carry a date. */
const tool: Shape = (value, at, problems) => {
  const type = (value as { type?: unknown } | null)?.type
  if (typeof type === 'string' && /_\d{8}$/.test(type)) return object(value, at, problems)
  if (type != null && type !== 'custom') return choice('custom')(type, [...at, 'type'], problems)
  custom(value, typeof value === 'object' && value !== null ? [...at, 'custom'] : at, problems)
}

const parallel = { disable_parallel_tool_use: flag }
const toolChoice = tagged(
  'type',
  {
    auto: record({ type: anything, ...parallel }),
    any: record({ type: anything, ...parallel }),
    tool: record({ type: anything, name: text(), ...parallel }, { required: ['name'] }),
    none: record({ type: anything }),
  },
  { within: true },
)

const display = { display: choice('summarized', 'omitted'), block_binding: object }
const thinking = tagged(
  'type',
  {
    enabled: record({ type: anything, budget_tokens: integer({ min: 1024 }), ...display }, { required: ['budget_tokens'], ...nullable }),
    adaptive: record({ type: anything, ...display }, nullable),
    disabled: record({ type: anything }),
    between_tools: record({ type: anything }),
  },
  { within: true },
)

const outputConfig = record(
  {
    effort: choice('low', 'medium', 'high', 'xhigh', 'max'),
    format: tagged('type', { json_schema: record({ type: anything, schema: object }, { required: ['schema'] }) }),
    task_budget: object,
  },
  nullable,
)

const counted = {
  messages: array(message, { max: 100_000 }),
  model: text({ min: 1, max: 256 }),
  cache_control: cache.cache_control,
  output_config: outputConfig,
  speed: choice('standard', 'fast'),
  system: byType({ string: text(), array: array(tagged('type', { text: textBlock })) }, 'a valid string or list'),
  thinking,
  tool_choice: toolChoice,
  tools: array(tool),
}
const asked = {
  ...counted,
  max_tokens: integer({ min: 0 }),
  container: anything,
  diagnostics: record({ previous_message_id: text() }, nullable),
  inference_geo: text(),
  metadata: record({ user_id: text({ max: 512 }) }, nullable),
  service_tier: choice('auto', 'standard_only'),
  stop_sequences: array(text()),
  stream: flag,
  temperature: decimal({ min: 0, max: 1 }),
  top_k: integer({ min: 0 }),
  top_p: decimal({ min: 0, max: 1 }),
}
/** Members that are known only with the header `anthropic-beta`; a rule looks at that. */
export const BETA_MEMBERS = [
  'context_management',
  'mcp_servers',
  'fallbacks',
  'fallback_credit_token',
  'compaction',
  'thread',
  'output_format',
  'billing_policy',
]
const beta = Object.fromEntries(BETA_MEMBERS.map((name) => [name, anything]))

export const anthropicShapes: ShapeRow[] = [
  {
    vendors: ['anthropic'],
    endpoints: ['messages'],
    shape: record({ ...asked, ...beta }, { required: ['model', 'max_tokens', 'messages'], ...nullable }),
  },
  {
    vendors: ['anthropic'],
    endpoints: ['count-tokens'],
    shape: record({ ...counted, ...beta }, { required: ['model', 'messages'], ...nullable }),
  },
  {
    vendors: ['vertex'],
    endpoints: ['messages'],
    shape: record(
      { ...without(asked, 'model'), ...beta, anthropic_version: text() },
      { required: ['max_tokens', 'messages'], ...nullable },
    ),
  },
]

function without<T>(members: Record<string, T>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter(([member]) => member !== name))
}
