import type { FunctionTool, Tool } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { cacheControlOf } from './cache-control.ts'
import { ARRAY, BOOLEAN, OBJECT, STRING, type Checks } from '../input/checks.ts'

/**
 * Reads `tools` and, of older callers, `functions`. A tool that is no function has no neutral form: custom tools of free
 * text, tools that a vendor runs.
 */
export function decodeTools(value: JsonObject, checks: Checks): Tool[] | undefined {
  const tools = (checks.optional(value['tools'], '/tools', ARRAY) ?? []).map((tool, index) => decodeTool(tool, `/tools/${index}`, checks))
  const older = (checks.optional(value['functions'], '/functions', ARRAY) ?? []).map((described, index) => {
    const at = `/functions/${index}`
    return decodeFunction(checks.required(described, at, OBJECT) ?? {}, at, at, checks)
  })
  return tools.length + older.length === 0 ? undefined : [...tools, ...older]
}

/** Whether the caller speaks of functions instead of tools; then the answer does, too. */
export function speaksOfFunctions(tools: readonly Tool[] | undefined): boolean {
  return tools?.some(({ at }) => at.startsWith('/functions/')) ?? false
}

function decodeTool(value: unknown, at: string, checks: Checks): Tool {
  const tool = checks.required(value, at, { ...OBJECT, expected: 'an object, such as {"type": "function", "function": {…}}' }) ?? {}
  const type = tool['type'] ?? (tool['function'] === undefined ? undefined : 'function')
  if (type !== 'function') {
    return { type: 'vendor', dialect: 'openai-chat', name: checks.required(type, `${at}/type`, STRING) ?? '', value: tool, at }
  }
  const described = checks.required(tool['function'], `${at}/function`, OBJECT) ?? {}
  return { ...decodeFunction(described, at, `${at}/function`, checks), ...cacheControlOf(tool, at, checks) }
}

function decodeFunction(described: JsonObject, at: string, inside: string, checks: Checks): FunctionTool {
  return {
    type: 'function',
    name: checks.required(described['name'], `${inside}/name`, STRING) ?? '',
    ...present({
      description: checks.optional(described['description'], `${inside}/description`, STRING),
      parameters: checks.optional(described['parameters'], `${inside}/parameters`, OBJECT),
      strict: checks.optional(described['strict'], `${inside}/strict`, BOOLEAN),
    }),
    at,
  }
}
