import type { FunctionTool, Tool, ToolChoice } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

const CHOICES: Record<string, ToolChoice> = { REQUIRED: { kind: 'required' }, NONE: { kind: 'none' } }

/** The tools of a request; `strict_tools` is one switch for all of them. */
export function decodeTools(fields: Fields, value: JsonObject): Tool[] | undefined {
  const strict = fields.boolean(value, 'strict_tools', '')
  const tools = fields.objects(value, 'tools', '').map(({ value: item, at }) => decodeTool(fields, item, at, strict))
  return tools.length === 0 ? undefined : tools
}

function decodeTool(fields: Fields, tool: JsonObject, at: string, strict: boolean | undefined): Tool {
  const { type } = tool
  if (type !== undefined && type !== 'function')
    return { type: 'vendor', dialect: 'cohere', name: typeof type === 'string' ? type : 'of no type', value: tool, at }
  const own = fields.object(tool, 'function', at) ?? {}
  const name = fields.needed(own, 'name', `${at}/function`)
  const description = fields.string(own, 'description', `${at}/function`)
  const parameters = fields.object(own, 'parameters', `${at}/function`)
  return { type: 'function', name, ...present({ description, parameters, strict }), at }
}

export function decodeToolChoice(fields: Fields, value: JsonObject): ToolChoice | undefined {
  const choice = fields.word(value, 'tool_choice', '', ['REQUIRED', 'NONE'])
  return choice === undefined ? undefined : CHOICES[choice]
}

/**
 * Tools and the choice among them. Cohere can be told to use a tool or none (T5); that it is one of some tools is said
 * by sending only those.
 */
export function encodeTools(tools: readonly Tool[], choice: ToolChoice | undefined, unsupported: Unsupported[]): JsonObject {
  const chosen = tools.filter((tool) => isKnown(tool, unsupported)).filter((tool) => isChosen(tool, choice))
  if (chosen.length === 0) return {}
  const word = choiceWord(choice)
  return {
    tools: chosen.map(encodeTool),
    ...strictness(chosen, unsupported),
    ...(word === undefined ? {} : { tool_choice: word }),
  }
}

function isKnown(tool: Tool, unsupported: Unsupported[]): boolean {
  if (tool.type === 'function' || tool.dialect === 'cohere') return true
  unsupported.push({ at: tool.at, what: `the tool ${tool.name}`, why: 'Cohere knows only functions' })
  return false
}

function isChosen(tool: Tool, choice: ToolChoice | undefined): boolean {
  if (choice?.kind === 'tool') return tool.name === choice.name
  return choice?.kind !== 'allowed' || choice.names.includes(tool.name)
}

function choiceWord(choice: ToolChoice | undefined): 'REQUIRED' | 'NONE' | undefined {
  if (choice?.kind === 'none') return 'NONE'
  const required = choice?.kind === 'required' || choice?.kind === 'tool' || (choice?.kind === 'allowed' && choice.required)
  return required ? 'REQUIRED' : undefined
}

function encodeTool(tool: Tool): unknown {
  if (tool.type === 'vendor') return tool.value
  const { name, description, parameters } = tool
  const own = { name, ...present({ description }), parameters: parameters ?? { type: 'object', properties: {} } }
  return { type: 'function', function: own }
}

/** Strict is what all tools are, or none. */
function strictness(tools: readonly Tool[], unsupported: Unsupported[]): JsonObject {
  const functions = tools.filter((tool): tool is FunctionTool => tool.type === 'function')
  const strict = functions.filter((tool) => tool.strict === true)
  if (strict.length === 0) return functions.length > 0 && functions.every((tool) => tool.strict === false) ? { strict_tools: false } : {}
  if (strict.length === functions.length) return { strict_tools: true }
  for (const { at } of strict) unsupported.push({ at, what: 'strict arguments', why: 'Cohere has one switch for all tools of a request' })
  return {}
}

/** The arguments of a call as JSON of an object: Cohere sends `null` and nothing for a tool that takes nothing (T2). */
export function argumentsOf(text: unknown): string {
  if (isObject(text)) return JSON.stringify(text)
  return typeof text !== 'string' || text.trim() === '' || text.trim() === 'null' ? '{}' : text
}
