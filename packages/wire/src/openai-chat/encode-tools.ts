import type { Conversation, FunctionTool, Tool, ToolChoice } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { cacheControlMember } from './cache-control.ts'
import { REFUSED, type Encoding } from './encoding.ts'
import { customInChat } from '../openai-responses/custom-tools.ts'
import { encodeToolChoice } from './tool-choice.ts'

/** Tools of free text, by which name a vendor refuses them. */
export const CUSTOM_TOOLS = 'tool.custom'

/** The tools, and which of them may be called (T5). Without tools nothing is said about them: vendors refuse it. */
export function encodeTools({ tools = [], toolChoice, parallelToolCalls }: Conversation, encoding: Encoding): JsonObject {
  if (tools.length > 0 && encoding.refuses('tools')) return encoding.drop('/tools', 'tools', REFUSED) ?? {}
  const [offered, choice] = choiceFor(tools, toolChoice, encoding)
  const members = offered.flatMap((tool) => encodeTool(tool, encoding) ?? [])
  if (members.length === 0) return {}
  return present({
    tools: members,
    tool_choice: choice === undefined ? undefined : encodeToolChoice(choice, tools, encoding.quirks.toolChoiceAny === true),
    parallel_tool_calls: parallelCalls(parallelToolCalls, encoding),
  })
}

/** A vendor that cannot choose among some of the tools is offered no others. */
function choiceFor(tools: readonly Tool[], choice: ToolChoice | undefined, encoding: Encoding): [readonly Tool[], ToolChoice | undefined] {
  const knowsAllowed = encoding.quirks.toolChoiceAny !== true && !encoding.refuses('toolChoice.allowed')
  if (choice?.kind !== 'allowed' || knowsAllowed) return [tools, choice]
  const names = new Set(choice.names)
  return [tools.filter(({ name }) => names.has(name)), { kind: choice.required ? 'required' : 'auto' }]
}

function encodeTool(tool: Tool, encoding: Encoding): JsonObject | undefined {
  if (tool.type === 'function') return encodeFunction(tool, encoding)
  if (tool.dialect === 'openai-chat') return tool.value as JsonObject
  const custom = encoding.refuses(CUSTOM_TOOLS) ? undefined : customInChat(tool)
  return custom ?? encoding.drop(tool.at, `the tool ${tool.name}`, 'only its own vendor runs it')
}

function encodeFunction({ name, description, parameters, strict, cacheControl }: FunctionTool, encoding: Encoding): JsonObject {
  return {
    type: 'function',
    function: present({ name, description, parameters, strict }),
    ...(encoding.refuses('cacheControl') ? {} : cacheControlMember(cacheControl)),
  }
}

function parallelCalls(parallel: boolean | undefined, encoding: Encoding): boolean | undefined {
  if (parallel === undefined || !encoding.refuses('parallelToolCalls')) return parallel
  return parallel ? undefined : encoding.drop('/parallelToolCalls', 'tools called one at a time', REFUSED)
}
