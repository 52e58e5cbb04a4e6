import type { Tool, ToolChoice } from '../canonical/conversation.ts'
import type { Fields } from '../input/fields.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

/** The tools: functions of the caller, and what only this dialect has (tools that the vendor runs, custom tools). */
export function decodeTools(body: JsonObject, fields: Fields): Tool[] | undefined {
  return fields.list(body, 'tools', '')?.flatMap((tool, index) => decodeTool(tool, `/tools/${index}`, fields) ?? [])
}

function decodeTool(tool: unknown, at: string, fields: Fields): Tool | undefined {
  if (!isObject(tool)) return fields.wrong(tool, at, 'an object with a `type`')
  const { type } = tool
  if (typeof type !== 'string') return fields.wrong(type, `${at}/type`, 'a string, such as "function"')
  if (type !== 'function') return { type: 'vendor', dialect: 'openai-responses', name: type, value: tool, at }
  const name = fields.string(tool, 'name', at)
  if (name === undefined) return fields.wrong(undefined, `${at}/name`, 'a string, the name of the function')
  return present({
    type: 'function',
    name,
    description: fields.string(tool, 'description', at),
    parameters: fields.object(tool, 'parameters', at, 'an object, the JSON schema of the arguments'),
    strict: fields.boolean(tool, 'strict', at),
    at,
  })
}

const MODES: Record<string, ToolChoice> = { auto: { kind: 'auto' }, none: { kind: 'none' }, required: { kind: 'required' } }

/** Which tool is to be called; undefined where only the vendor's own words say it. */
export function decodeToolChoice(value: unknown, fields: Fields): ToolChoice | undefined {
  if (value == null) return undefined
  if (typeof value === 'string')
    return MODES[value] ?? fields.wrong(value, '/tool_choice', 'one of "auto", "none", "required", or an object')
  if (!isObject(value)) return fields.wrong(value, '/tool_choice', 'one of "auto", "none", "required", or an object')
  const { type, name } = value
  if ((type === 'function' || type === 'custom') && typeof name === 'string') return { kind: 'tool', name }
  return type === 'allowed_tools' ? allowed(value) : undefined
}

function allowed({ tools, mode }: JsonObject): ToolChoice | undefined {
  if (!Array.isArray(tools)) return undefined
  const names = tools.map((tool: unknown) =>
    isObject(tool) && (tool['type'] === 'function' || tool['type'] === 'custom') ? tool['name'] : null,
  )
  if (!names.every((name) => typeof name === 'string')) return undefined
  return { kind: 'allowed', names, required: mode === 'required' }
}
