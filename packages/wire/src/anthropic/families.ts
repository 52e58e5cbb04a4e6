import type { Effort } from '../canonical/conversation.ts'

/** What a family of models takes, as far as a request has to differ by it. */
export interface Family {
  /** `adaptive`: the model decides, guided by effort. `budget`: a number of tokens. */
  thinking: 'adaptive' | 'budget' | 'none'
  /** The `type` that switches thinking off; absent: it cannot be. */
  off?: 'disabled' | 'between_tools'
  /** It thinks where nothing is said about it, and the thinking is billed whether it is shown or not. */
  thinksUnasked: boolean
  /** The words that `output_config.effort` takes, from little to much. */
  efforts: readonly Effort[]
  /** `temperature`, `top_p`, `top_k`: all, one of the first two, or none but their default. */
  sampling: 'all' | 'one' | 'none'
  /** `tool_choice` `any` and `tool`. */
  forcedTools: boolean
  /** An answer that the caller has begun. */
  prefill: boolean
  /** `output_config.format` and `strict` tools. */
  structured: boolean
}

const ALL_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max']

const ADAPTIVE: Family = {
  thinking: 'adaptive',
  off: 'disabled',
  thinksUnasked: true,
  efforts: ALL_EFFORTS,
  sampling: 'none',
  forcedTools: true,
  prefill: false,
  structured: true,
}

const { off: _, ...ALWAYS }: Family = ADAPTIVE

const BUDGET: Family = {
  thinking: 'budget',
  off: 'disabled',
  thinksUnasked: false,
  efforts: [],
  sampling: 'one',
  forcedTools: true,
  prefill: true,
  structured: true,
}

/** Models of other makers behind this dialect: what they do not know is theirs to say. */
const FOREIGN: Family = { ...BUDGET, sampling: 'all' }

/**
 * From Anthropic's documentation (guides "Thinking", "Effort", "Structured outputs", migration guides) as of autumn 2026.
 * The first pattern that is found in the name counts; a Claude that is not listed is newer than this table.
 */
const FAMILIES: [RegExp, Family][] = [
  [/(fable|mythos)-\d+-\d(?!\d)/, { ...ALWAYS, forcedTools: false }],
  [/fable|mythos/, ALWAYS],
  [/opus-5-5/, { ...ALWAYS, forcedTools: false }],
  [/sonnet-5-5/, { ...ADAPTIVE, off: 'between_tools', forcedTools: false }],
  [/opus-4-[78]/, { ...ADAPTIVE, thinksUnasked: false }],
  [/(opus|sonnet)-4-6/, { ...ADAPTIVE, thinksUnasked: false, sampling: 'one', efforts: ['low', 'medium', 'high', 'max'] }],
  [/opus-4-5/, { ...BUDGET, efforts: ['low', 'medium', 'high'] }],
  [/(sonnet|haiku)-4-5|opus-4-1/, BUDGET],
  [/(opus|sonnet)-4(?!-[1-9](?!\d))/, { ...BUDGET, structured: false }],
  [/claude-3-7/, { ...BUDGET, sampling: 'all', structured: false }],
  [/claude-(v?2|3|instant)/, { ...BUDGET, thinking: 'none', sampling: 'all', structured: false }],
  [/claude/, ADAPTIVE],
]

/** What this model takes. Names of hosts (`anthropic.claude-…`, `anthropic/claude-sonnet-4.5`) are understood. */
export function familyOf(model: string): Family {
  const name = model.toLowerCase().replaceAll('.', '-')
  if (!/claude|fable|mythos/.test(name)) return FOREIGN
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? ADAPTIVE
}
