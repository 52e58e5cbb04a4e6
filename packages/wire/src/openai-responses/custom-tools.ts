/**
 * Tools that take free text, perhaps by a grammar. Both of OpenAI's dialects have them; in chat completions their members
 * stand one level deeper.
 */
import type { VendorTool } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'

/** A custom tool of chat completions, as the Responses API has it; undefined for any other tool. */
export function customInResponses({ dialect, value }: VendorTool): JsonObject | undefined {
  const custom = dialect === 'openai-chat' && isCustom(value) ? value['custom'] : undefined
  if (!isObject(custom)) return undefined
  const { format, ...rest } = custom
  const grammar = isObject(format) && isObject(format['grammar']) ? { type: 'grammar', ...format['grammar'] } : format
  return present({ type: 'custom', ...rest, format: grammar })
}

/** The other way round. */
export function customInChat({ dialect, value }: VendorTool): JsonObject | undefined {
  if (dialect !== 'openai-responses' || !isCustom(value)) return undefined
  const { type, format, ...rest } = value
  const { type: kind, ...grammar } = isObject(format) ? format : {}
  return { type, custom: present({ ...rest, format: kind === 'grammar' ? { type: kind, grammar } : format }) }
}

function isCustom(value: unknown): value is JsonObject {
  return isObject(value) && value['type'] === 'custom'
}
