import type { Conversation } from '../canonical/conversation.ts'
import { withoutRefused } from '../canonical/refused.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { formatOf, listUnplaced, samplingOf, settingsOf } from './encode-settings.ts'
import { toolsOf } from './encode-tools.ts'
import { messagesOf, systemOf } from './encode-turns.ts'
import { cacheMember, limitBreakpoints, type Encoding } from './encoding.ts'
import { familyOf } from './families.ts'
import { thinkingOf } from './thinking.ts'

/** The vendor wants a limit (M4); every model can do this much. */
const SAFE_LIMIT = 4_096

/**
 * The body of `POST /v1/messages` (Messages API reference) for a conversation of any dialect. The same conversation gives
 * the same bytes (T9); members that were not said are not sent (M5).
 */
export function encodeRequest(conversation: Conversation, target: Target): Encoded {
  const unsupported: Unsupported[] = []
  const asked = withoutRefused(conversation, target.quirks.refuses ?? [], unsupported)
  const encoding: Encoding = { family: familyOf(target.model), unsupported, breakpoints: [] }
  const maxTokens = target.outputLimit ?? asked.maxOutputTokens ?? SAFE_LIMIT
  listUnplaced(asked, unsupported)
  // In the order in which the vendor reads, and caches, them.
  const { tools, choice, forced } = toolsOf(asked, encoding)
  const system = systemOf(asked.turns, encoding)
  const { messages, unsignedCalls, prefilled } = messagesOf(asked.turns, encoding)
  limitBreakpoints(encoding, asked.cacheControl !== undefined)
  const { thinking, effort, on } = thinkingOf(asked, encoding.family, { maxTokens, forced, unsignedCalls, prefilled }, unsupported)
  const format = formatOf(asked, encoding)
  const body: JsonObject = {
    model: target.model,
    max_tokens: maxTokens,
    stream: asked.stream ? true : undefined,
    cache_control: asked.cacheControl && cacheMember(asked.cacheControl),
    tools,
    tool_choice: choice,
    system,
    messages,
    thinking,
    output_config: effort === undefined && format === undefined ? undefined : { effort, format },
    ...samplingOf(asked, on, encoding),
    ...settingsOf(asked, encoding),
  }
  return { body: Buffer.from(JSON.stringify(body)), unsupported }
}
