import type { Conversation } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import type { Writing } from './writing.ts'

/** `inferenceConfig`, and what goes into the model's own fields. */
export interface Sampling {
  inference: JsonObject
  fields: JsonObject
}

/** Never taken, or only as one of the model's own fields; and the value that says nothing. */
const OWN_FIELDS: readonly [member: keyof Conversation, what: string, idle?: unknown][] = [
  ['choices', 'several answers to one prompt', 1],
  ['minP', 'a least probability'],
  ['presencePenalty', 'a penalty for presence', 0],
  ['frequencyPenalty', 'a penalty for frequency', 0],
  ['repetitionPenalty', 'a penalty for repetition', 1],
  ['seed', 'a seed'],
  ['logitBias', 'a bias of tokens'],
  ['logprobs', 'log probabilities'],
  ['promptCacheKey', 'a key for the prompt cache'],
  ['safetySettings', 'safety settings'],
  ['verbosity', 'how much to say'],
]

/** How the answer is drawn, and when it ends. `thinks`: what does not go with thinking is refused (M4). */
export function samplingOf(conversation: Conversation, limit: number | undefined, thinks: boolean, writing: Writing): Sampling {
  const { family, unsupported } = writing
  const { stop, topK } = conversation
  const fields: JsonObject = {}
  for (const [member, what, idle] of OWN_FIELDS) {
    const value = conversation[member]
    const name = family.fields?.[member]
    if (value === undefined || value === idle) continue
    if (name === undefined) unsupported.push({ at: `/${member}`, what })
    else fields[name] = value
  }
  if (topK !== undefined) addTopK(topK, thinks, fields, writing)
  const hasStop = stop !== undefined && stop.length > 0
  if (hasStop && family.noStop === true) unsupported.push({ at: '/stop', what: 'stop sequences', why: 'this model has none' })
  const inference = {
    ...(limit === undefined ? {} : { maxTokens: limit }),
    ...drawing(conversation, thinks, writing),
    ...(hasStop && family.noStop !== true ? { stopSequences: stop } : {}),
  }
  return { inference, fields }
}

/** `temperature` and `topP`. One is what both are where nothing is said: it is left out where it would be refused. */
function drawing({ temperature, topP }: Conversation, thinks: boolean, { family, claude, unsupported }: Writing): JsonObject {
  const mode = claude?.sampling ?? family.sampling ?? 'all'
  const drawn: JsonObject = {}
  const take = (member: 'temperature' | 'topP', value: number | undefined, refusal: string | undefined): void => {
    if (value === undefined || (refusal !== undefined && value === 1)) return
    if (refusal === undefined) drawn[member] = value
    else unsupported.push({ at: `/${member}`, what: member, why: refusal })
  }
  const general = mode === 'none' ? 'this model sets it itself' : thinks ? 'it does not go with thinking' : undefined
  const tooHot = temperature !== undefined && temperature > 1 ? '1 is the most' : undefined
  const second = mode === 'one' && temperature !== undefined ? 'this model takes it or a temperature' : undefined
  take('temperature', temperature, general ?? tooHot)
  take('topP', topP, general ?? second)
  return drawn
}

function addTopK(topK: number, thinks: boolean, fields: JsonObject, { family, claude, unsupported }: Writing): void {
  const [first, second] = family.topK ?? []
  if (first === undefined || claude?.sampling === 'none') unsupported.push({ at: '/topK', what: 'top-k' })
  else if (thinks) unsupported.push({ at: '/topK', what: 'top-k', why: 'it does not go with thinking' })
  else fields[first] = second === undefined ? topK : { [second]: topK }
}
