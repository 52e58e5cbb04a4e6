import type { Tool, ToolChoice, VendorTool } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { customInChat } from '../openai-responses/custom-tools.ts'
import { ARRAY, OBJECT, oneOf, STRING, type Checks } from '../input/checks.ts'

/** Words for a choice; `any` is Mistral's (T5). */
const WORDS = new Map<unknown, ToolChoice>([
  ['auto', { kind: 'auto' }],
  ['none', { kind: 'none' }],
  ['required', { kind: 'required' }],
  ['any', { kind: 'required' }],
])

const FORMS = '"auto", "none", "required", {"type": "function", "function": {"name": …}} or {"type": "allowed_tools", …}'
const MODE = oneOf('auto', 'required')

/** Reads `tool_choice`, or `function_call` of older callers. */
export function decodeToolChoice(value: JsonObject, checks: Checks): ToolChoice | undefined {
  const { tool_choice: choice, function_call: older } = value
  if (choice == null) return decodeOlder(older, checks)
  const word = WORDS.get(choice)
  if (word !== undefined) return word
  const form = checks.required(choice, '/tool_choice', { ...OBJECT, expected: FORMS })
  if (form === undefined) return undefined
  const { type } = form
  if (type === 'function' || type === 'custom') {
    const named = checks.required(form[type], `/tool_choice/${type}`, OBJECT)
    return { kind: 'tool', name: checks.required(named?.['name'], `/tool_choice/${type}/name`, STRING) ?? '' }
  }
  if (type === 'allowed_tools') return decodeAllowed(form, checks)
  return checks.fail('/tool_choice/type', `\`tool_choice\` has no such type: it must be ${FORMS}`)
}

function decodeOlder(choice: unknown, checks: Checks): ToolChoice | undefined {
  if (choice == null) return undefined
  if (choice === 'auto' || choice === 'none') return { kind: choice }
  const form = checks.required(choice, '/function_call', { ...OBJECT, expected: '"auto", "none" or {"name": …}' })
  return { kind: 'tool', name: checks.required(form?.['name'], '/function_call/name', STRING) ?? '' }
}

/** The members stand in `allowed_tools` in this dialect, and beside the type in OpenAI's other one; either is taken. */
function decodeAllowed(form: JsonObject, checks: Checks): ToolChoice {
  const nested = isObject(form['allowed_tools']) ? form['allowed_tools'] : undefined
  const at = nested === undefined ? '/tool_choice' : '/tool_choice/allowed_tools'
  const { mode, tools } = nested ?? form
  const required = checks.required(mode, `${at}/mode`, MODE) === 'required'
  const names = (checks.required(tools, `${at}/tools`, ARRAY) ?? []).map((tool, index) => allowedName(tool, `${at}/tools/${index}`, checks))
  return { kind: 'allowed', names, required }
}

function allowedName(value: unknown, at: string, checks: Checks): string {
  const tool = checks.required(value, at, OBJECT) ?? {}
  const holder = isObject(tool['function']) ? 'function' : isObject(tool['custom']) ? 'custom' : undefined
  const named = holder === undefined ? tool : (tool[holder] as JsonObject)
  return checks.required(named['name'], holder === undefined ? `${at}/name` : `${at}/${holder}/name`, STRING) ?? ''
}

/** Writes `tool_choice`. A choice among some tools stands here only where the vendor knows it. */
export function encodeToolChoice(choice: ToolChoice, tools: readonly Tool[], any: boolean): unknown {
  if (choice.kind === 'required') return any ? 'any' : 'required'
  if (choice.kind === 'tool') return reference(choice.name, tools)
  if (choice.kind !== 'allowed') return choice.kind
  const mode = choice.required ? 'required' : 'auto'
  return { type: 'allowed_tools', allowed_tools: { mode, tools: choice.names.map((name) => reference(name, tools)) } }
}

function reference(name: string, tools: readonly Tool[]): JsonObject {
  const type = tools.some((tool) => tool.type === 'vendor' && customName(tool) === name) ? 'custom' : 'function'
  return { type, [type]: { name } }
}

function customName(tool: VendorTool): unknown {
  const value = tool.dialect === 'openai-chat' ? tool.value : customInChat(tool)
  return isObject(value) && isObject(value['custom']) ? value['custom']['name'] : undefined
}
