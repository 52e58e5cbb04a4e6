import type { Conversation, Other, Tool, ToolChoice } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import type { JsonObject } from '../json/object.ts'
import { cacheOf } from './decode-parts.ts'

/** What a caller's own tool consists of here, and in neutral form. */
const NEUTRAL_MEMBERS = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'])

/** How the arguments are cut into events: nothing that an answer would show. */
const IDLE_MEMBERS = new Set(['eager_input_streaming'])

/** `tools`: one with an `input_schema` is the caller's own, any other is named by its type (T10). */
export function decodeTools(body: JsonObject, others: Record<string, Other>, fields: Fields): Pick<Conversation, 'tools'> {
  const tools = fields.list(body, 'tools', '')
  if (tools === undefined) return {}
  const found = fields.objectsOf(tools, '/tools', '{"name": …, "input_schema": {"type": "object"}}')
  return { tools: found.map(({ value: tool, at }) => decodeTool(tool, at, others, fields)) }
}

function decodeTool(tool: JsonObject, at: string, others: Record<string, Other>, fields: Fields): Tool {
  const type = fields.string(tool, 'type', at)
  if (type !== undefined && type !== 'custom') return { type: 'vendor', dialect: 'anthropic', name: type, value: tool, at }
  const description = fields.string(tool, 'description', at)
  const parameters = fields.object(tool, 'input_schema', at)
  const strict = fields.boolean(tool, 'strict', at)
  noteOthers(tool, at, others)
  return {
    type: 'function',
    name: fields.needed(tool, 'name', at),
    at,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
    ...cacheOf(tool),
  }
}

/** Members that say more of a tool than the neutral form can (`input_examples`, `defer_loading`) are reported by their place. */
function noteOthers(tool: JsonObject, at: string, others: Record<string, Other>): void {
  for (const [name, value] of Object.entries(tool)) {
    const idle = value == null || value === false || IDLE_MEMBERS.has(name) || JSON.stringify(value) === '["direct"]'
    if (!idle && !NEUTRAL_MEMBERS.has(name)) others[`${at.slice(1)}/${name}`] = { at: `${at}/${name}`, value }
  }
}

/** `tool_choice` (T5). */
export function decodeToolChoice(body: JsonObject, fields: Fields): Pick<Conversation, 'toolChoice' | 'parallelToolCalls'> {
  const given = fields.object(body, 'tool_choice', '')
  if (given === undefined) return {}
  const toolChoice = choiceOf(given, fields)
  const oneAtATime = fields.boolean(given, 'disable_parallel_tool_use', '/tool_choice')
  return {
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(oneAtATime === undefined ? {} : { parallelToolCalls: !oneAtATime }),
  }
}

function choiceOf(given: JsonObject, fields: Fields): ToolChoice | undefined {
  switch (given['type']) {
    case 'auto':
      return { kind: 'auto' }
    case 'none':
      return { kind: 'none' }
    case 'any':
      return { kind: 'required' }
    case 'tool':
      return { kind: 'tool', name: fields.needed(given, 'name', '/tool_choice') }
    default:
      return fields.fail('/tool_choice/type', '`type` of `tool_choice` must be "auto", "any", "tool" or "none"')
  }
}
