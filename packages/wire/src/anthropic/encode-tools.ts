import type { Conversation, FunctionTool, Tool, ToolChoice } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { withCache, type Encoding } from './encoding.ts'
import { closedSchema } from './schema.ts'

/** What is to be sent of tools. */
export interface Tools {
  tools?: JsonObject[]
  choice?: JsonObject
  /** One of them has to be called. */
  forced: boolean
}

/** `tools` and `tool_choice`. Of a choice among some only those are offered (T5). */
export function toolsOf(conversation: Conversation, encoding: Encoding): Tools {
  const { tools, toolChoice, turns } = conversation
  const allowed = toolChoice?.kind === 'allowed' ? new Set(toolChoice.names) : undefined
  const blocks = new Map<unknown, JsonObject>()
  for (const tool of tools ?? []) {
    if (tool.type === 'function' && allowed?.has(tool.name) === false) continue
    const block = toolBlock(tool, encoding)
    if (block === undefined) continue
    const key = block['name'] ?? tool
    if (blocks.has(key)) encoding.unsupported.push({ at: tool.at, what: `a second tool ${tool.name}` })
    else blocks.set(key, block)
  }
  if (blocks.size === 0) return formerTools(turns)
  return { tools: [...blocks.values()], ...choiceOf(conversation, blocks, encoding) }
}

/** The vendor wants a definition of tools that were called before, also where the caller offers none any more. */
function formerTools(turns: Conversation['turns']): Tools {
  const names = turns.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool_call')).map(({ name }) => name)
  const tools = [...new Set(names)].map((name) => ({ name, input_schema: { type: 'object' } }))
  return { ...(tools.length === 0 ? {} : { tools, choice: { type: 'none' } }), forced: false }
}

function toolBlock(tool: Tool, encoding: Encoding): JsonObject | undefined {
  if (tool.type === 'function') return functionBlock(tool, encoding)
  if (tool.dialect === 'anthropic' && isObject(tool.value)) return { ...tool.value }
  encoding.unsupported.push({ at: tool.at, what: `the tool ${tool.name}`, why: 'only its own vendor has it' })
  return undefined
}

function functionBlock(tool: FunctionTool, encoding: Encoding): JsonObject {
  const { name, description, parameters } = tool
  const schema: JsonObject = parameters?.['type'] === undefined ? { type: 'object', ...parameters } : parameters
  return withCache(
    { name, ...(description === undefined ? {} : { description }), ...schemaMembers(schema, tool, encoding) },
    tool,
    encoding,
  )
}

function schemaMembers(schema: JsonObject, { strict, at, name }: FunctionTool, { family, unsupported }: Encoding): JsonObject {
  if (strict !== true) return { input_schema: schema, ...(strict === undefined ? {} : { strict }) }
  if (!family.structured) {
    unsupported.push({ at, what: `strict arguments of the tool ${name}`, why: 'this model does not have them' })
    return { input_schema: schema }
  }
  const { schema: closed, unenforced } = closedSchema(schema)
  if (unenforced.length > 0) {
    unsupported.push({ at, what: `${unenforced.join(', ')} in the strict schema of the tool ${name}`, why: UNENFORCED })
  }
  return { input_schema: closed, strict: true }
}

/** Why parts of a schema are listed. */
export const UNENFORCED = 'the vendor does not enforce it: it is in the description'

function isForced(choice: ToolChoice | undefined): boolean {
  return choice?.kind === 'required' || choice?.kind === 'tool' || (choice?.kind === 'allowed' && choice.required)
}

function choiceOf(
  { toolChoice, parallelToolCalls }: Conversation,
  names: ReadonlyMap<unknown, unknown>,
  encoding: Encoding,
): Omit<Tools, 'tools'> {
  if (toolChoice?.kind === 'none') return { choice: { type: 'none' }, forced: false }
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls }
  const why = isForced(toolChoice) ? whyNotForced(toolChoice, names, encoding) : undefined
  if (why !== undefined) encoding.unsupported.push({ at: '/toolChoice', what: 'a tool that has to be called', why })
  if (isForced(toolChoice) && why === undefined) {
    const choice = toolChoice?.kind === 'tool' ? { type: 'tool', name: toolChoice.name } : { type: 'any' }
    return { choice: { ...choice, ...parallel }, forced: true }
  }
  if (toolChoice === undefined && parallelToolCalls !== false) return { forced: false }
  return { choice: { type: 'auto', ...parallel }, forced: false }
}

function whyNotForced(choice: ToolChoice | undefined, names: ReadonlyMap<unknown, unknown>, { family }: Encoding): string | undefined {
  if (!family.forcedTools) return 'this model decides by itself'
  return choice?.kind === 'tool' && !names.has(choice.name) ? 'it is not among the tools' : undefined
}
