import type { Conversation, Turn } from '../canonical/conversation.ts'
import { alternating, speakersNames, withoutSystem } from '../canonical/turns.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { encodeConfig } from './encode-config.ts'
import { encodePart } from './encode-parts.ts'
import { encodeTools } from './encode-tools.ts'
import { Encoding } from './encoding.ts'
import { signedStep } from './signatures.ts'

/** The service tiers that Gemini has, by OpenAI's names and its own; `auto` is what happens anyway. */
const TIERS = new Map([
  ['auto', undefined],
  ['default', 'standard'],
  ['standard', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])

/** Values and names of labels are restricted: small letters, digits, `-` and `_`. */
const LABEL = /^[a-z0-9_-]{0,63}$/

/**
 * The body of `generateContent` and `streamGenerateContent` (API reference, `GenerateContentRequest`). Model and streaming are
 * said in the path. The same conversation gives the same bytes.
 */
export function encodeRequest(conversation: Conversation, target: Target): Encoded {
  const encoding = new Encoding(target)
  const { system, turns } = withoutSystem(conversation.turns)
  const { cachedContent, continuationToken } = conversation.others
  const contents = alternating(turns).flatMap((turn) => contentOf(turn, encoding))
  reportSystemMedia(conversation.turns, encoding)
  encoding.unsupported.push(...speakersNames(conversation.turns))
  const instruction = system.filter(({ text }) => text !== '').map(({ text }) => ({ text }))
  const config = encodeConfig(conversation, encoding)
  const body: JsonObject = {
    ...(instruction.length === 0 ? {} : { systemInstruction: { parts: instruction } }),
    contents,
    ...encodeTools(conversation, encoding),
    ...(conversation.safetySettings === undefined ? {} : { safetySettings: conversation.safetySettings }),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...tierOf(conversation, encoding),
    ...labelsOf(conversation, encoding),
    ...(cachedContent === undefined ? {} : { cachedContent: cachedContent.value }),
    ...(continuationToken === undefined ? {} : { continuationToken: continuationToken.value }),
  }
  return { body: Buffer.from(JSON.stringify(body)), unsupported: encoding.unsupported }
}

function contentOf({ role, parts }: { role: 'user' | 'assistant'; parts: Turn['parts'] }, encoding: Encoding): JsonObject[] {
  const encoded = parts.flatMap((part) => encodePart(part, encoding))
  if (encoded.length === 0) return []
  if (role === 'user') return [{ role, parts: encoded }]
  return [{ role: 'model', parts: signedStep(encoded, encoding.target.model) }]
}

function reportSystemMedia(turns: readonly Turn[], encoding: Encoding): void {
  for (const { role, parts } of turns) {
    if (role !== 'system' && role !== 'developer') continue
    for (const { type, at } of parts) if (type !== 'text') encoding.leaveOut(at, `the ${type} in the system's instruction`)
  }
}

function tierOf({ serviceTier }: Conversation, encoding: Encoding): JsonObject {
  if (serviceTier === undefined) return {}
  if (!TIERS.has(serviceTier)) encoding.leaveOut('/serviceTier', `the service tier ${serviceTier}`)
  const tier = TIERS.get(serviceTier)
  return tier === undefined ? {} : { serviceTier: tier }
}

function labelsOf({ metadata }: Conversation, encoding: Encoding): JsonObject {
  if (metadata === undefined) return {}
  if (
    Object.entries(metadata)
      .flat()
      .every((text) => LABEL.test(text))
  )
    return { labels: metadata }
  encoding.leaveOut('/metadata', 'metadata', 'labels take small letters, digits, "-" and "_" only')
  return {}
}
