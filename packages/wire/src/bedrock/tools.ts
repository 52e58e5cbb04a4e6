import type { Conversation, FunctionTool, Tool, ToolChoice } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { cachePoint } from './cache-points.ts'
import type { Family } from './family.ts'
import type { Writing } from './writing.ts'

/** What is said about tools: in `toolConfig`, and in the model's own fields. */
export interface Tools {
  config?: JsonObject
  fields?: JsonObject
  /** The model must call one. */
  forced: boolean
}

const NONE: Tools = { forced: false }

/**
 * Tools and the choice among them (T5). `auto` is the default and not said, for some models refuse any `toolChoice`. `none`
 * does not exist: the tools are left out, where no earlier call needs them to be declared.
 */
export function toolsOf(conversation: Conversation, writing: Writing): Tools {
  const { toolChoice } = conversation
  const declared = offered(conversation.tools ?? [], toolChoice, writing)
  if (toolChoice?.kind === 'none') {
    if (!hasToolParts(conversation)) return NONE
    writing.unsupported.push({
      at: '/toolChoice',
      what: 'tool choice `none` after tool calls',
      why: 'the tools must be declared, and cannot be forbidden',
    })
  }
  const tools = declared.flatMap((tool) => toolBlocks(tool, writing))
  if (tools.length === 0) return NONE
  const choice = choiceOf(toolChoice, writing)
  const forced = choice !== undefined
  if (conversation.parallelToolCalls === false) return { config: { tools }, ...oneAtATime(choice, writing), forced }
  return { config: { tools, ...(choice === undefined ? {} : { toolChoice: choice }) }, forced }
}

/** The tools that may be called: all, those that are named, or the one that must be where only `any` can be said. */
function offered(tools: readonly Tool[], choice: ToolChoice | undefined, { family }: Writing): readonly Tool[] {
  if (choice?.kind === 'allowed') return tools.filter(({ name }) => choice.names.includes(name))
  return choice?.kind === 'tool' && saidAsAny(family) ? tools.filter(({ name }) => name === choice.name) : tools
}

function saidAsAny({ toolChoice }: Family): boolean {
  return toolChoice.includes('any') && !toolChoice.includes('tool')
}

function hasToolParts({ turns }: Conversation): boolean {
  return turns.some(({ parts }) => parts.some(({ type }) => type === 'tool_call' || type === 'tool_result'))
}

function toolBlocks(tool: Tool, writing: Writing): JsonObject[] {
  if (tool.type === 'vendor') {
    writing.unsupported.push({ at: tool.at, what: `the tool ${tool.name}`, why: `it is one of ${tool.dialect}'s own` })
    return []
  }
  return [{ toolSpec: specification(tool, writing) }, ...cachePoint(tool.cacheControl, 'tools', tool.at, writing)]
}

function specification({ name, description, parameters, strict, at }: FunctionTool, writing: Writing): JsonObject {
  const enforced = strict === true && structured(writing)
  if (strict === true && !enforced)
    writing.unsupported.push({ at, what: `strict arguments of the tool ${name}`, why: 'this model does not enforce schemas' })
  return {
    name,
    ...(description === undefined || description.trim() === '' ? {} : { description }),
    inputSchema: { json: schemaOf(parameters) },
    ...(enforced ? { strict: true } : {}),
  }
}

/** The model keeps to schemas, of answers and of arguments alike. */
export function structured({ family, claude }: Writing): boolean {
  return claude?.structured ?? family.structured
}

/** The schema must be one of an object. */
function schemaOf(parameters: Record<string, unknown> | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} }
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters
}

/** `any` or one tool; undefined: the model decides. */
function choiceOf(choice: ToolChoice | undefined, writing: Writing): JsonObject | undefined {
  const { family, claude } = writing
  const form = formOf(choice, family)
  if (choice === undefined || form === undefined) return undefined
  if (!family.toolChoice.includes(form) || claude?.forcedTools === false) {
    writing.unsupported.push({ at: '/toolChoice', what: 'a tool that must be called', why: 'this model always decides by itself' })
    return undefined
  }
  return choice.kind === 'tool' && form === 'tool' ? { tool: { name: choice.name } } : { any: {} }
}

function formOf(choice: ToolChoice | undefined, family: Family): 'any' | 'tool' | undefined {
  if (choice?.kind === 'tool') return saidAsAny(family) ? 'any' : 'tool'
  return choice?.kind === 'required' || (choice?.kind === 'allowed' && choice.required) ? 'any' : undefined
}

/** At most one call at a time: Claude alone can be told so, in its own words, which then say the whole choice. */
function oneAtATime(choice: JsonObject | undefined, writing: Writing): Pick<Tools, 'fields'> {
  if (writing.claude === undefined) {
    writing.unsupported.push({ at: '/parallelToolCalls', what: 'one tool call at a time' })
    return {}
  }
  const { any, tool } = choice ?? {}
  const type = any === undefined ? (tool === undefined ? { type: 'auto' } : { type: 'tool', ...(tool as JsonObject) }) : { type: 'any' }
  return { fields: { tool_choice: { ...type, disable_parallel_tool_use: true } } }
}
