import type { Conversation } from '../canonical/conversation.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { encodeTurns } from './encode-items.ts'
import { effortOf, reasoningMember, refuseUnknown, samplingMembers, serviceTier, encodeText, userMember } from './encode-settings.ts'
import { encodeToolChoice, encodeTools } from './encode-tools.ts'
import { Encoding } from './encoding.ts'

/**
 * The body of `POST /v1/responses` for a conversation of another dialect. Nothing of it is kept at the vendor
 * (`store: false`): no other dialect asks for that. The same conversation gives the same bytes.
 */
export function encodeRequest(conversation: Conversation, target: Target): Encoded {
  const to = new Encoding(target)
  const { quirks } = target
  const tools = encodeTools(conversation.tools, to)
  const effort = effortOf(conversation.reasoning, target.model)
  const body: JsonObject = present({
    model: target.model,
    input: encodeTurns(conversation.turns, to),
    tools,
    tool_choice: encodeToolChoice(conversation.toolChoice, tools),
    parallel_tool_calls: tools && conversation.parallelToolCalls,
    text: encodeText(conversation, to),
    reasoning: reasoningMember(conversation.reasoning, effort),
    max_output_tokens: target.outputLimit,
    ...samplingMembers(conversation, effort, to),
    user: userMember(conversation.user, to),
    metadata: conversation.metadata,
    service_tier: serviceTier(conversation.serviceTier, to),
    prompt_cache_key: conversation.promptCacheKey,
    stream: conversation.stream ? true : undefined,
    store: false,
  })
  refuseUnknown(conversation, to)
  for (const [name, member] of REFUSABLE) {
    if (quirks.refuses?.includes(name) !== true || body[member] === undefined) continue
    to.refuse(`/${name}`, `\`${name}\``)
    Reflect.deleteProperty(body, member)
  }
  return { body: Buffer.from(JSON.stringify(body)), unsupported: to.unsupported }
}

/** Members that a vendor may not know, by canonical name. */
const REFUSABLE: [canonical: string, member: string][] = [
  ['parallelToolCalls', 'parallel_tool_calls'],
  ['output', 'text'],
  ['reasoning', 'reasoning'],
  ['user', 'user'],
  ['metadata', 'metadata'],
  ['serviceTier', 'service_tier'],
  ['promptCacheKey', 'prompt_cache_key'],
]
