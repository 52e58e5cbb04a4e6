import type { Conversation, OutputFormat, Tool, ToolChoice } from '../canonical/conversation.ts'
import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { encodeToolChoice } from './encode-tools.ts'
import { textMember } from './encode-settings.ts'

/** What of a response changes while it is made. */
export interface ResponseState {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  output: JsonObject[] | null
  error?: JsonObject
  incomplete?: JsonObject
  usage?: JsonObject
}

/**
 * The `response` object around an answer, with what was asked echoed as OpenAI does; the members that the SDK's types ask
 * for are all there. What the upstream took for a value that was not given is not known, and null where that may be.
 */
export function responseObject(id: string, frame: AnswerFrame, state: ResponseState): JsonObject {
  const { conversation, created, model } = frame
  return {
    id,
    object: 'response',
    created_at: created,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.incomplete ?? null,
    instructions: instructionsOf(conversation),
    max_output_tokens: conversation.maxOutputTokens ?? null,
    max_tool_calls: conversation.others['max_tool_calls']?.value ?? null,
    model,
    output: state.output,
    parallel_tool_calls: conversation.parallelToolCalls ?? true,
    previous_response_id: null,
    prompt_cache_key: conversation.promptCacheKey ?? null,
    reasoning: { effort: conversation.reasoning?.effort ?? null, summary: conversation.reasoning?.summary ?? null },
    service_tier: conversation.serviceTier ?? 'default',
    store: false,
    temperature: conversation.temperature ?? null,
    text: textOf(conversation),
    tool_choice: toolChoiceOf(conversation),
    tools: (conversation.tools ?? []).map(toolOf),
    top_logprobs: conversation.logprobs?.top ?? 0,
    top_p: conversation.topP ?? null,
    truncation: 'disabled',
    usage: state.usage ?? null,
    user: conversation.user ?? null,
    metadata: conversation.metadata ?? {},
    access_programs: null,
  }
}

function instructionsOf({ turns }: Conversation): string | null {
  const [first] = turns
  const part = first?.at === '/instructions' ? first.parts[0] : undefined
  return part?.type === 'text' ? part.text : null
}

const PLAIN_TEXT: OutputFormat = { kind: 'text' }

function textOf({ output, verbosity }: Conversation): JsonObject {
  return { ...textMember(output ?? PLAIN_TEXT), ...(verbosity === undefined ? {} : { verbosity }) }
}

const AUTO: ToolChoice = { kind: 'auto' }

function toolChoiceOf({ toolChoice, tools = [], others }: Conversation): unknown {
  const custom = tools.flatMap((tool) => (tool.type === 'vendor' ? [tool.value as JsonObject] : []))
  return others['tool_choice']?.value ?? encodeToolChoice(toolChoice ?? AUTO, custom)
}

function toolOf(tool: Tool): unknown {
  if (tool.type === 'vendor') return tool.value
  const { name, description, parameters, strict } = tool
  return present({ type: 'function', description, name, parameters: parameters ?? null, strict: strict ?? true })
}
