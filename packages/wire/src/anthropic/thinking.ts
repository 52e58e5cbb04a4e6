import type { Conversation, Effort, Reasoning } from '../canonical/conversation.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { JsonObject } from '../json/object.ts'
import { present } from '../json/present.ts'
import type { Family } from './families.ts'

/** The fewest tokens of thinking that the vendor takes. */
const LEAST_BUDGET = 1_024

/** Of the output limit so much at most is for thinking, the rest for the answer. */
const LARGEST_SHARE = 0.8

/** Tokens of thinking by effort, for models that are told a budget; beyond 32k the vendor sees little gain. */
const BUDGETS: Record<Exclude<Effort, 'none'>, number> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
}

const ORDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** What is to be sent of reasoning. */
export interface Thinking {
  thinking?: JsonObject
  effort?: Effort
  /** The model is told to think: some other settings do not go with that. */
  on: boolean
}

/** What else decides whether a model can be made to think. */
export interface Circumstances {
  maxTokens: number
  /** A tool has to be called, which a model with a budget cannot be told while it thinks. */
  forced: boolean
  /**
   * The turn that is to be gone on with calls tools and lacks the thinking that led there, as with every client that keeps
   * none. It cannot begin in the middle, and the vendor lets it be off then without a word (guide "Extended thinking",
   * "Graceful thinking degradation"); so do we, for the caller can do nothing about it.
   */
  unsignedCalls: boolean
  /** The answer is begun by the caller. */
  prefilled: boolean
}

/** How much the model is to think (M6), in the words of its family. */
export function thinkingOf({ reasoning }: Conversation, family: Family, around: Circumstances, unsupported: Unsupported[]): Thinking {
  if (reasoning === undefined) return { on: false }
  if (isOff(reasoning)) return switchedOff(family, unsupported)
  const why = family.thinking === 'adaptive' ? undefined : obstacle(family, around)
  if (why !== undefined) {
    unsupported.push({ at: '/reasoning', what: 'reasoning', why })
    return { on: false }
  }
  const effort = effortWord(reasoning, family)
  if (family.thinking === 'budget' && around.unsignedCalls) return present({ on: false, effort })
  return {
    on: true,
    thinking: {
      ...(family.thinking === 'adaptive'
        ? { type: 'adaptive' }
        : { type: 'enabled', budget_tokens: budgetOf(reasoning, around.maxTokens) }),
      ...display(reasoning),
    },
    ...(effort === undefined ? {} : { effort }),
  }
}

function isOff({ effort, budgetTokens }: Reasoning): boolean {
  return effort === 'none' || (effort === undefined && budgetTokens === 0)
}

function switchedOff({ thinking, off, efforts }: Family, unsupported: Unsupported[]): Thinking {
  if (thinking === 'none') return { on: false }
  if (off !== undefined) return { on: false, thinking: { type: off } }
  unsupported.push({ at: '/reasoning', what: 'no reasoning', why: 'this model always thinks: it is asked for as little as it can' })
  const least = efforts[0]
  return { on: false, ...(least === undefined ? {} : { effort: least }) }
}

/** Why a model with a budget cannot think this time. Guide "Thinking in tool and multi-turn workflows". */
function obstacle({ thinking }: Family, { maxTokens, forced, prefilled }: Circumstances): string | undefined {
  if (thinking === 'none') return 'this model does not think'
  if (maxTokens <= LEAST_BUDGET) return `thinking takes at least ${LEAST_BUDGET} tokens, and the output limit is ${maxTokens}`
  if (forced) return 'a model that is told which tool to call cannot think first'
  return prefilled ? 'the answer is begun already' : undefined
}

function budgetOf({ effort, budgetTokens }: Reasoning, maxTokens: number): number {
  if (budgetTokens !== undefined && budgetTokens > 0) return Math.min(Math.max(budgetTokens, LEAST_BUDGET), maxTokens - 1)
  const wanted = BUDGETS[effort === undefined || effort === 'none' ? 'high' : effort]
  return Math.max(LEAST_BUDGET, Math.min(wanted, Math.floor(maxTokens * LARGEST_SHARE)))
}

/** The nearest word that this family has, rather the lesser; undefined where nothing was said, or there are no words. */
function effortWord({ effort, budgetTokens, adaptive }: Reasoning, { thinking, efforts }: Family): Effort | undefined {
  const derived = thinking === 'adaptive' && adaptive !== true && budgetTokens !== undefined ? effortFor(budgetTokens) : undefined
  const wanted = effort ?? derived
  if (wanted === undefined) return undefined
  return efforts.findLast((word) => ORDER.indexOf(word) <= ORDER.indexOf(wanted)) ?? efforts[0]
}

function effortFor(budgetTokens: number): Effort {
  const words: Exclude<Effort, 'none'>[] = ['low', 'medium', 'high', 'xhigh']
  return words.find((word) => budgetTokens <= BUDGETS[word]) ?? 'max'
}

function display({ show, summary }: Reasoning): JsonObject {
  if (show === undefined && summary === undefined) return {}
  return { display: (show ?? true) ? 'summarized' : 'omitted' }
}
