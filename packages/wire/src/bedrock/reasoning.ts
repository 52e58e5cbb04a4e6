import type { Effort, Reasoning, Turn } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import type { Claude } from './claude.ts'
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
  /** `temperature` or `topP` is set. */
  sampled: boolean
}

const NOTHING: Thinking = { fields: {}, on: false }

/** Tokens for an effort, and effort for tokens (M6). */
const BUDGETS: Record<Effort, number> = { none: 0, minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 32_768, max: 32_768 }
const LEAST_BUDGET = 1024

/** What the caller said of reasoning, in the words of the model (`additionalModelRequestFields`). */
export function thinkingOf(reasoning: Reasoning | undefined, given: Circumstances, writing: Writing): Thinking {
  if (reasoning === undefined || !saysHowMuch(reasoning)) return NOTHING
  const { family, claude, model } = writing
  if (claude !== undefined) return claudeThinking(reasoning, claude, given, writing)
  if (family.name === 'openai') return { fields: openaiFields(effortOf(reasoning), model, writing), on: false }
  if (/nova-2/.test(model)) return { fields: novaFields(effortOf(reasoning), given, writing), on: false }
  return isOff(reasoning) ? NOTHING : refused(writing, 'how much to reason', 'this model cannot be told')
}

function saysHowMuch({ effort, budgetTokens, adaptive }: Reasoning): boolean {
  return effort !== undefined || budgetTokens !== undefined || adaptive === true
}

function refused({ unsupported }: Writing, what: string, why: string): Thinking {
  unsupported.push({ at: '/reasoning', what, why })
  return NOTHING
}

function isOff({ effort, budgetTokens }: Reasoning): boolean {
  return budgetTokens === 0 || (effort === 'none' && budgetTokens === undefined)
}

function claudeThinking(reasoning: Reasoning, claude: Claude, given: Circumstances, writing: Writing): Thinking {
  const level = reasoning.effort === undefined || reasoning.effort === 'none' ? undefined : nearest(reasoning.effort, claude.efforts)
  const effort = level === undefined ? {} : { effort: level }
  if (isOff(reasoning)) {
    if (claude.byItself === 'always') return { ...refused(writing, 'thinking switched off', 'this model always thinks'), ...effort }
    return { fields: claude.byItself === 'on' ? { thinking: { type: 'disabled' } } : {}, ...effort, on: false }
  }
  if (claude.thinking === 'none') return refused(writing, 'thinking', 'this model does not think')
  if (given.forced)
    return { ...refused(writing, 'thinking beside a tool that must be called', 'this model takes one of the two'), ...effort }
  const budgeted = claude.thinking === 'budget' || (claude.thinking === 'both' && reasoning.budgetTokens !== undefined)
  if (budgeted) return { ...budgetThinking(reasoning, given, writing), ...effort }
  const derived = reasoning.budgetTokens === undefined ? undefined : nearest(effortOf(reasoning), claude.efforts)
  const asked = level ?? derived
  return {
    fields: { thinking: { type: 'adaptive', ...shown(reasoning, claude) } },
    ...(asked === undefined ? {} : { effort: asked }),
    on: true,
  }
}

/** Newer models hide what they think where nothing is said; older ones do not know the member. */
function shown({ show }: Reasoning, { thinking }: Claude): JsonObject {
  return show === undefined || thinking !== 'adaptive' ? {} : { display: show ? 'summarized' : 'omitted' }
}

function budgetThinking(reasoning: Reasoning, { limit, turns }: Circumstances, writing: Writing): Thinking {
  if (callsWithoutThought(turns))
    return refused(writing, 'thinking', 'the turn that called the tools came back without its signed thinking')
  const wanted = reasoning.budgetTokens ?? BUDGETS[reasoning.effort ?? 'medium']
  const budget = Math.max(LEAST_BUDGET, fitting(wanted, reasoning.budgetTokens !== undefined, limit))
  if (limit !== undefined && budget >= limit)
    return refused(writing, 'thinking', `the output limit must be more than ${LEAST_BUDGET} tokens`)
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget } }, on: true }
}

/** Less than the output limit, of which a quarter is left for the answer unless the caller chose otherwise. */
function fitting(budget: number, chosen: boolean, limit: number | undefined): number {
  if (limit === undefined || (chosen && budget < limit)) return budget
  return Math.min(budget, Math.floor(limit * 0.75))
}

/** The conversation goes on with results of tools whose calls came without the signed thought that led to them. */
function callsWithoutThought(turns: readonly Turn[]): boolean {
  const at = turns.findLastIndex(({ role }) => role === 'assistant')
  const answered = turns.slice(at + 1).some(({ parts }) => parts.some(({ type }) => type === 'tool_result'))
  return answered && turns[at]?.parts.some(goesBack) !== true
}

/** The level that a model has, or the next below. */
function nearest(effort: Effort, levels: readonly string[] | undefined): string | undefined {
  if (levels === undefined) return undefined
  if (levels.includes(effort)) return effort
  return effort === 'none' || effort === 'minimal' ? 'low' : 'high'
}

function effortOf({ effort, budgetTokens }: Reasoning): Effort {
  if (effort !== undefined) return effort
  if (budgetTokens === undefined) return 'medium'
  if (budgetTokens === 0) return 'none'
  return budgetTokens <= 4096 ? 'low' : budgetTokens < BUDGETS.high ? 'medium' : 'high'
}

const OSS_EFFORTS = ['low', 'medium', 'high']
const GPT_EFFORTS = ['none', ...OSS_EFFORTS, 'xhigh']

function openaiFields(effort: Effort, model: string, writing: Writing): JsonObject {
  if (!/gpt-oss/.test(model)) return { reasoning: { effort: nearest(effort, GPT_EFFORTS) } }
  if (effort === 'none') return refused(writing, 'reasoning switched off', 'this model always reasons').fields
  return { reasoning_effort: nearest(effort, OSS_EFFORTS) }
}

/** Nova's `high` goes with no output limit and no sampling; an output limit is what keeps an answer affordable. */
function novaFields(effort: Effort, { limit, sampled }: Circumstances, writing: Writing): JsonObject {
  if (effort === 'none') return { reasoningConfig: { type: 'disabled' } }
  const level = nearest(effort, OSS_EFFORTS)
  const tooHigh = level === 'high' && (limit !== undefined || sampled)
  if (tooHigh) refused(writing, 'high reasoning effort', 'this model takes it only without an output limit, temperature and topP')
  return { reasoningConfig: { type: 'enabled', maxReasoningEffort: tooHigh ? 'medium' : level } }
}
