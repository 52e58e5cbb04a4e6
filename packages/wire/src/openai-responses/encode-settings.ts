import type { Conversation, Effort, OutputFormat, Reasoning } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import { LONGEST_USER } from '../openai-chat/user.ts'
import type { Encoding } from './encoding.ts'
import { effortUntold, leastEffort, refusesSampling, takesVerbosity } from './model-traits.ts'

/** Canonical members that this dialect has none for, with what they are. */
const UNKNOWN_HERE: [keyof Conversation, string][] = [
  ['topK', 'top-k sampling'],
  ['minP', 'min-p sampling'],
  ['presencePenalty', 'a presence penalty'],
  ['frequencyPenalty', 'a frequency penalty'],
  ['repetitionPenalty', 'a repetition penalty'],
  ['seed', 'a seed'],
  ['logitBias', 'a logit bias'],
  ['safetySettings', 'safety settings'],
]

/** Notes what was asked and has no member. */
export function refuseUnknown(conversation: Conversation, to: Encoding): void {
  for (const [member, what] of UNKNOWN_HERE) if (conversation[member] !== undefined) to.refuse(`/${member}`, what)
  if ((conversation.stop ?? []).length > 0) to.refuse('/stop', 'stop sequences')
  if ((conversation.choices ?? 1) > 1) to.refuse('/choices', 'several choices', 'one response has one answer')
}

/** Temperature, nucleus sampling and log probabilities, where the model takes them. */
export function samplingMembers(conversation: Conversation, effort: Effort | undefined, to: Encoding): JsonObject {
  const { temperature, topP, logprobs } = conversation
  const given = { temperature, topP, logprobs }
  const refused = new Set(to.target.quirks.refuses)
  const why = refusesSampling(to.target.model, effort) ? 'the model reasons, and takes none then' : undefined
  for (const name of ['temperature', 'topP', 'logprobs'] as const) {
    if (given[name] === undefined || (why === undefined && !refused.has(name))) continue
    // One is what it is without being said.
    if (given[name] !== 1) to.refuse(`/${name}`, `\`${name}\``, why)
    given[name] = undefined
  }
  return {
    temperature: given.temperature,
    top_p: given.topP,
    top_logprobs: given.logprobs?.top,
    include: includes(given.logprobs !== undefined, conversation.reasoning !== undefined && effort !== 'none'),
  }
}

/** What is told only where it is asked for. Reasoning comes encrypted, for the next turn: nothing of it is stored. */
function includes(logprobs: boolean, reasons: boolean): string[] | undefined {
  const asked = [...(logprobs ? ['message.output_text.logprobs'] : []), ...(reasons ? ['reasoning.encrypted_content'] : [])]
  return asked.length === 0 ? undefined : asked
}

/** How the text of the answer is to look, and how much of it there is to be. */
export function encodeText({ output, verbosity }: Conversation, to: Encoding): JsonObject | undefined {
  const format = textMember(output)
  if (verbosity === undefined) return format
  return takesVerbosity(to.target.model) ? { ...format, verbosity } : (to.refuse('/verbosity', 'how much to say') ?? format)
}

/** How the text of the answer is to look. A schema needs a name here. */
export function textMember(output: OutputFormat | undefined): JsonObject | undefined {
  if (output === undefined) return undefined
  if (output.kind === 'text') return { format: { type: 'text' } }
  if (output.kind === 'json') return { format: { type: 'json_object' } }
  const { name = 'response', description, schema, strict } = output
  return { format: present({ type: 'json_schema', name, description, schema, strict }) }
}

/** Up to so many tokens of thought an effort stands for (Google's table for its OpenAI-compatible API). */
const BUDGETS: [most: number, effort: Effort][] = [
  [1_024, 'low'],
  [8_192, 'medium'],
  [Number.POSITIVE_INFINITY, 'high'],
]

/** The effort that was asked for, or the one that the budget stands for; undefined: the model decides. */
export function effortOf(reasoning: Reasoning | undefined, model: string): Effort | undefined {
  if (reasoning?.effort !== undefined) return reasoning.effort
  const budget = reasoning?.budgetTokens
  if (budget === undefined) return reasoning?.adaptive === true ? effortUntold(model) : undefined
  return budget <= 0 ? leastEffort(model) : BUDGETS.find(([most]) => budget <= most)?.[1]
}

/** What was asked of reasoning: how much, and whether a summary is to be shown. */
export function reasoningMember(reasoning: Reasoning | undefined, effort: Effort | undefined): JsonObject | undefined {
  const summary = reasoning?.summary ?? (reasoning?.show === true ? 'auto' : undefined)
  if (effort === undefined && summary === undefined) return undefined
  return present({ effort, summary })
}

const TIERS: Record<string, string> = {
  auto: 'auto',
  default: 'default',
  standard: 'default',
  standard_only: 'default',
  flex: 'flex',
  scale: 'scale',
  priority: 'priority',
  fast: 'fast',
  ultrafast: 'ultrafast',
}

/** The tier under OpenAI's name for it. */
export function serviceTier(tier: string | undefined, to: Encoding): string | undefined {
  if (tier === undefined) return undefined
  return TIERS[tier] ?? to.refuse('/serviceTier', `the service tier \`${tier}\``)
}

/** Who uses the caller's program, if the name is short enough. */
export function userMember(user: string | undefined, to: Encoding): string | undefined {
  return user === undefined || user.length <= LONGEST_USER ? user : to.refuse('/user', 'a user of so long a name')
}
