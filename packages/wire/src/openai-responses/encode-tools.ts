import type { Tool, ToolChoice, VendorTool } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { customInResponses } from './custom-tools.ts'
import type { Encoding } from './encoding.ts'

/** The tools that this dialect has. Undefined where none is left: an empty list is not sent. */
export function encodeTools(tools: readonly Tool[] | undefined, to: Encoding): JsonObject[] | undefined {
  const own = (tools ?? []).map((tool) => encodeTool(tool, to)).filter((tool) => tool !== undefined)
  return own.length === 0 ? undefined : own
}

/** Functions are strict here unless they say not to be; in every other dialect it is the other way round. */
function encodeTool(tool: Tool, to: Encoding): JsonObject | undefined {
  if (tool.type === 'vendor') return vendorTool(tool, to)
  const { name, description, parameters = { type: 'object', properties: {} }, strict = false } = tool
  return present({ type: 'function', name, description, parameters, strict })
}

function vendorTool(tool: VendorTool, to: Encoding): JsonObject | undefined {
  if (tool.dialect === to.dialect && isObject(tool.value)) return tool.value
  return customInResponses(tool) ?? to.refuse(tool.at, `the tool \`${tool.name}\``, `only ${tool.dialect} has it`)
}

/** Which tool is to be called; what names a custom tool says so. */
export function encodeToolChoice(choice: ToolChoice | undefined, tools: readonly JsonObject[] | undefined): unknown {
  if (choice === undefined || tools === undefined) return undefined
  const named = (name: string): JsonObject => ({ type: isCustom(name, tools) ? 'custom' : 'function', name })
  switch (choice.kind) {
    case 'tool':
      return named(choice.name)
    case 'allowed':
      return { type: 'allowed_tools', mode: choice.required ? 'required' : 'auto', tools: choice.names.map(named) }
    default:
      return choice.kind
  }
}

function isCustom(name: string, tools: readonly JsonObject[]): boolean {
  return tools.some((tool) => tool['type'] === 'custom' && tool['name'] === name)
}
