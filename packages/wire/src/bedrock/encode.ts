import type { Conversation } from '../canonical/conversation.ts'
import { withoutRefused } from '../canonical/refused.ts'
import { speakersNames, withoutSystem } from '../canonical/turns.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { cachePoint } from './cache-points.ts'
import { messagesOf } from './messages.ts'
import { thinkingOf } from './reasoning.ts'
import { samplingOf } from './sampling.ts'
import { outputConfig, requestMetadata, serviceTier, stopPaths } from './settings.ts'
import { toolsOf } from './tools.ts'
import { writingFor } from './writing.ts'

/**
 * The body of Converse and ConverseStream ("Converse", Amazon Bedrock API reference); model and streaming are said in the
 * path. Parts of a prompt are written in the order in which the model reads them: tools, system, messages.
 */
export function encodeRequest(whole: Conversation, target: Target): Encoded {
  const { outputLimit: limit, quirks, model } = target
  const writing = writingFor(model, quirks.nineCharacterToolIds === true)
  const conversation = withoutRefused(whole, quirks.refuses ?? [], writing.unsupported)
  const tools = toolsOf(conversation, writing)
  writing.tools = tools.config !== undefined
  writing.unsupported.push(...speakersNames(conversation.turns))
  const { system, turns } = withoutSystem(conversation.turns)
  const instructions = system.flatMap((part) =>
    part.text.trim() === '' ? [] : [{ text: part.text }, ...cachePoint(part.cacheControl, 'messages', part.at, writing)],
  )
  const messages = messagesOf(turns, conversation.cacheControl, writing)
  const prefilled = messages.at(-1)?.role === 'assistant'
  const thinking = thinkingOf(conversation, { turns, limit, forced: tools.forced, prefilled }, writing)
  const sampling = samplingOf(conversation, limit, thinking.on, writing)
  // There must be a message: instructions alone are what the user says.
  const alone = messages.length === 0
  const body = filled({
    messages: alone ? [{ role: 'user', content: instructions }] : messages,
    system: alone ? undefined : instructions,
    inferenceConfig: sampling.inference,
    toolConfig: tools.config,
    additionalModelRequestFields: { ...sampling.fields, ...thinking.fields, ...tools.fields },
    additionalModelResponseFieldPaths: stopPaths(conversation, writing),
    outputConfig: outputConfig(conversation, thinking, writing),
    requestMetadata: requestMetadata(conversation, writing),
    serviceTier: serviceTier(conversation, writing),
  })
  return { body: Buffer.from(JSON.stringify(body)), unsupported: writing.unsupported }
}

/** Without members that are empty: nothing is said that the caller did not say (M5). */
function filled(body: Record<string, object | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && Object.keys(value).length > 0))
}
