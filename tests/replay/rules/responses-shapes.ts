/** The bodies that OpenAI's responses take. */
import { LONGEST_USER, METADATA, NAME } from './openai-shapes.ts'
import type { ShapeRow } from './rule.ts'
import { anything, array, byType, choice, decimal, flag, integer, object, record, tagged, text, type Shape } from './shape.ts'

const EITHER = 'one of a string or array of objects'
const breakpoint = { prompt_cache_breakpoint: object }

const inputParts: Record<string, Shape> = {
  input_text: record({ type: anything, text: text(), ...breakpoint }, { required: ['text'] }),
  input_image: record(
    { type: anything, image_url: text(), file_id: text(), detail: choice('auto', 'low', 'high', 'original'), ...breakpoint },
    { nullable: true },
  ),
  input_file: record(
    { type: anything, file_id: text(), filename: text(), file_data: text(), file_url: text(), detail: anything, ...breakpoint },
    { nullable: true },
  ),
  input_audio: record({ type: anything, input_audio: object }, { required: ['input_audio'] }),
}
const outputParts: Record<string, Shape> = {
  output_text: record(
    { type: anything, text: text(), annotations: array(object), logprobs: array(object) },
    { required: ['text'], nullable: true },
  ),
  refusal: record({ type: anything, refusal: text() }, { required: ['refusal'] }),
}

function message(parts: Record<string, Shape>): Shape {
  return record(
    {
      role: anything,
      type: choice('message'),
      content: byType({ string: text(), array: array(tagged('type', parts)) }, EITHER),
      id: text(),
      status: choice('in_progress', 'completed', 'incomplete'),
      phase: anything,
    },
    { required: ['content'], nullable: true },
  )
}

const messages = tagged('role', {
  user: message(inputParts),
  system: message(inputParts),
  developer: message(inputParts),
  assistant: message(outputParts),
})

const status = choice('in_progress', 'completed', 'incomplete')
const output = byType({ string: text(), array: array(tagged('type', inputParts)) }, EITHER)
const others = [
  'file_search_call',
  'computer_call',
  'computer_call_output',
  'web_search_call',
  'tool_search_call',
  'tool_search_output',
  'additional_tools',
  'configuration_update',
  'compaction',
  'compaction_trigger',
  'image_generation_call',
  'code_interpreter_call',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
  'program',
  'program_output',
]

const item = tagged(
  'type',
  {
    message: messages,
    function_call: record(
      {
        type: anything,
        id: text(),
        call_id: text({ min: 1, max: 64 }),
        name: NAME,
        arguments: text(),
        status,
        namespace: text(),
        caller: object,
      },
      { required: ['call_id', 'name', 'arguments'], nullable: true },
    ),
    function_call_output: record(
      { type: anything, id: text(), call_id: text({ min: 1, max: 64 }), output, status, caller: object },
      { required: ['call_id', 'output'], nullable: true },
    ),
    custom_tool_call: record(
      { type: anything, id: text(), call_id: text(), name: text(), input: text(), status, namespace: text(), caller: object },
      { required: ['call_id', 'name', 'input'], nullable: true },
    ),
    custom_tool_call_output: record(
      { type: anything, id: text(), call_id: text(), output, status, caller: object },
      { required: ['call_id', 'output'], nullable: true },
    ),
    reasoning: record(
      {
        type: anything,
        id: text(),
        summary: array(record({ type: choice('summary_text'), text: text() }, { required: ['type', 'text'] })),
        content: array(record({ type: choice('reasoning_text'), text: text() }, { required: ['type', 'text'] })),
        encrypted_content: text(),
        status,
      },
      { required: ['summary'], nullable: true },
    ),
    item_reference: record({ type: anything, id: text() }, { required: ['id'] }),
    ...Object.fromEntries(others.map((name) => [name, object])),
  },
  // The type of a message may be left out.
  { fallback: byType({ object: typeless }, 'an object') },
)

function typeless(value: unknown, at: (string | number)[], problems: Parameters<Shape>[2]): void {
  const given = (value as Record<string, unknown>)['type']
  if (given === undefined) return messages(value, at, problems)
  const names = ['message', 'function_call', 'function_call_output', 'reasoning', 'item_reference', 'custom_tool_call', ...others]
  choice(...names)(given, [...at, 'type'], problems)
}

const tool = tagged('type', {
  function: record(
    {
      type: anything,
      name: NAME,
      description: text(),
      parameters: object,
      strict: flag,
      defer_loading: flag,
      allowed_callers: anything,
      output_schema: anything,
    },
    { required: ['name'], nullable: true },
  ),
  custom: record({ type: anything, name: text(), description: text(), format: object, defer_loading: flag }, { required: ['name'] }),
  ...Object.fromEntries(
    [
      'file_search',
      'computer',
      'computer_use_preview',
      'web_search',
      'web_search_2025_08_26',
      'mcp',
      'code_interpreter',
      'programmatic_tool_calling',
      'image_generation',
      'local_shell',
      'shell',
      'namespace',
      'tool_search',
      'web_search_preview',
      'web_search_preview_2025_03_11',
      'apply_patch',
    ].map((name) => [name, object]),
  ),
})

const format = tagged('type', {
  text: record({ type: anything }),
  json_object: record({ type: anything }),
  json_schema: record(
    { type: anything, name: NAME, description: text(), schema: object, strict: flag },
    { required: ['name', 'schema'], nullable: true },
  ),
})

const responses = record(
  {
    access_programs: object,
    background: flag,
    context_management: array(object),
    conversation: anything,
    image: object,
    include: array(text()),
    input: byType({ string: text(), array: array(item) }, 'one of a string or array of input items'),
    instructions: text(),
    max_output_tokens: integer({ min: 16 }),
    max_tool_calls: integer({ min: 1 }),
    metadata: METADATA,
    model: text({ min: 1 }),
    moderation: object,
    parallel_tool_calls: flag,
    previous_response_id: text(),
    prompt: object,
    prompt_cache_key: text(),
    prompt_cache_options: object,
    prompt_cache_retention: choice('in_memory', '24h'),
    reasoning: record(
      {
        effort: choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
        summary: choice('auto', 'concise', 'detailed'),
        generate_summary: choice('auto', 'concise', 'detailed'),
        context: anything,
        mode: anything,
      },
      { nullable: true },
    ),
    safety_identifier: text({ max: 128 }),
    service_tier: choice('auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'),
    store: flag,
    stream: flag,
    stream_options: record({ include_obfuscation: flag }),
    temperature: decimal({ min: 0, max: 2 }),
    text: record({ format, verbosity: choice('low', 'medium', 'high') }, { nullable: true }),
    tool_choice: byType({ string: choice('none', 'auto', 'required'), object }, "one of 'none', 'auto', 'required' or an object"),
    tools: array(tool, { of: 'objects' }),
    top_logprobs: integer({ min: 0, max: 20 }),
    top_p: decimal({ min: 0, max: 1 }),
    truncation: choice('auto', 'disabled'),
    user: text({ max: LONGEST_USER }),
  },
  { nullable: true },
)

export const responsesShapes: ShapeRow[] = [{ vendors: ['openai', 'azure'], endpoints: ['responses'], shape: responses }]
