import { thinkingOf as claudeThinkingOf } from '../anthropic/thinking.ts'
import type { Conversation, Effort, Reasoning, Turn } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { goesBack } from './signed.ts'
import type { Writing } from './writing.ts'

/** How thinking is asked for: in the model's own fields, or as `outputConfig.effort`. */
export interface Thinking {
  fields: JsonObject
  effort?: string
  /** Thinking is on, and settings that do not go with it are refused. */
  on: boolean
}

/** What beside the setting itself decides how it can be said. */
export interface Circumstances {
  turns: readonly Turn[]
  /** Tokens of output, thought included. */
  limit: number | undefined
  /** A tool must be called. */
  forced: boolean
  /** The answer is begun by the caller. */
  prefilled: boolean
}

const NOTHING: Thinking = { fields: {}, on: false }

/** What the caller said of reasoning (M6), in the words of the model (`additionalModelRequestFields`). */
export function thinkingOf(conversation: Conversation, given: Circumstances, writing: Writing): Thinking {
  const { reasoning } = conversation
  const { family, claude, model, unsupported } = writing
  if (reasoning === undefined || !saysHowMuch(reasoning)) return NOTHING
  if (claude !== undefined) {
    const { turns, limit = Number.POSITIVE_INFINITY, forced, prefilled } = given
    const around = { maxTokens: limit, forced, prefilled, unsignedCalls: callsWithoutThought(turns) }
    const { thinking, effort, on } = claudeThinkingOf(conversation, claude, around, unsupported)
    return { fields: thinking === undefined ? {} : { thinking }, ...(effort === undefined ? {} : { effort }), on }
  }
  if (family.name === 'openai') return { fields: openaiFields(effortOf(reasoning), model, writing), on: false }
  if (/nova-2/.test(model)) return { fields: novaFields(effortOf(reasoning), conversation, given, writing), on: false }
  return effortOf(reasoning) === 'none' ? NOTHING : refused(writing, 'how much to reason', 'this model cannot be told')
}

function saysHowMuch({ effort, budgetTokens, adaptive }: Reasoning): boolean {
  return effort !== undefined || budgetTokens !== undefined || adaptive === true
}

function refused({ unsupported }: Writing, what: string, why: string): Thinking {
  unsupported.push({ at: '/reasoning', what, why })
  return NOTHING
}

/**
 * The model called tools in the turn that is still running, and none of what it thought there came back signed. A loop of
 * calls and results is one turn of the model.
 */
function callsWithoutThought(turns: readonly Turn[]): boolean {
  const begun = turns.findLastIndex(({ role, parts }) => role === 'user' && !parts.some(({ type }) => type === 'tool_result'))
  const running = turns.slice(begun + 1).filter(({ role }) => role === 'assistant')
  const calls = running.at(-1)?.parts.some(({ type }) => type === 'tool_call') ?? false
  return calls && !running.some(({ parts }) => parts.some(goesBack))
}

function effortOf({ effort, budgetTokens }: Reasoning): Effort {
  if (effort !== undefined) return effort
  if (budgetTokens === undefined) return 'medium'
  if (budgetTokens === 0) return 'none'
  return budgetTokens <= 4096 ? 'low' : budgetTokens < 16_384 ? 'medium' : 'high'
}

const OSS_EFFORTS: readonly Effort[] = ['low', 'medium', 'high']
const GPT_EFFORTS: readonly Effort[] = ['none', ...OSS_EFFORTS, 'xhigh']

/** The level that a model has, or the next below. */
function nearest(effort: Effort, levels: readonly Effort[]): Effort {
  if (levels.includes(effort)) return effort
  return effort === 'none' || effort === 'minimal' ? 'low' : 'high'
}

function openaiFields(effort: Effort, model: string, writing: Writing): JsonObject {
  if (!/gpt-oss/.test(model)) return { reasoning: { effort: nearest(effort, GPT_EFFORTS) } }
  if (effort === 'none') return refused(writing, 'reasoning switched off', 'this model always reasons').fields
  return { reasoning_effort: nearest(effort, OSS_EFFORTS) }
}

/** Nova's `high` goes with no output limit and no sampling; an output limit is what keeps an answer affordable. */
function novaFields(effort: Effort, { temperature, topP }: Conversation, { limit }: Circumstances, writing: Writing): JsonObject {
  if (effort === 'none') return { reasoningConfig: { type: 'disabled' } }
  const level = nearest(effort, OSS_EFFORTS)
  const tooHigh = level === 'high' && (limit ?? temperature ?? topP) !== undefined
  if (tooHigh) refused(writing, 'high reasoning effort', 'this model takes it only without an output limit, temperature and topP')
  return { reasoningConfig: { type: 'enabled', maxReasoningEffort: tooHigh ? 'medium' : level } }
}
