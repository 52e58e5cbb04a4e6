/** In what generations of Claude differ ("Extended thinking", "Adaptive thinking" and "Effort" in Amazon Bedrock's guide). */
export interface Claude {
  /** How thinking is asked for. `both`: with a budget, or adaptive. */
  thinking: 'none' | 'budget' | 'both' | 'adaptive'
  /** Levels of `outputConfig.effort`, where it is known. */
  efforts?: readonly string[]
  /** What it does where nothing is said of thinking, and whether it can be told not to. */
  byItself: 'off' | 'on' | 'always'
  /** `temperature`, `topP` and `topK`: taken, one of the first two alone, or refused. */
  sampling: 'free' | 'one' | 'none'
  /** A tool can be forced. */
  forcedTool: boolean
  structured: boolean
}

const THREE = ['low', 'medium', 'high']
const FIVE = [...THREE, 'xhigh', 'max']

const OLD: Claude = { thinking: 'none', byItself: 'off', sampling: 'free', forcedTool: true, structured: false }
const BUDGET: Claude = { ...OLD, thinking: 'budget' }
const FOUR_FIVE: Claude = { ...BUDGET, sampling: 'one', structured: true }
const FOUR_SIX: Claude = { ...FOUR_FIVE, thinking: 'both', efforts: [...THREE, 'max'] }
const FOUR_SEVEN: Claude = { ...FOUR_SIX, thinking: 'adaptive', efforts: FIVE, sampling: 'none', structured: false }
const FIVE_ZERO: Claude = { ...FOUR_SEVEN, byItself: 'on' }
const ALWAYS: Claude = { ...FIVE_ZERO, byItself: 'always' }
const UNFORCED: Claude = { ...ALWAYS, forcedTool: false }

/** The first that fits. */
const GENERATIONS: readonly [pattern: RegExp, generation: Claude][] = [
  [/claude-3-7/, BUDGET],
  [/claude-(3|v?2|instant)\b/, OLD],
  [/claude-(opus|sonnet)-5-5|claude-fable-5-[12]/, UNFORCED],
  [/claude-(fable|mythos)/, ALWAYS],
  [/claude-(opus|sonnet|haiku)-5/, FIVE_ZERO],
  [/claude-opus-4-[78]/, FOUR_SEVEN],
  [/claude-(opus|sonnet)-4-6/, FOUR_SIX],
  [/claude-(opus|sonnet|haiku)-4-5/, FOUR_FIVE],
  [/claude-opus-4-1/, { ...BUDGET, sampling: 'one' }],
  [/claude-(opus|sonnet)-4\b/, BUDGET],
]

/** The generation of a model of Claude's; one that is not known is taken for the newest. */
export function claudeOf(model: string): Claude {
  return GENERATIONS.find(([pattern]) => pattern.test(model))?.[1] ?? FIVE_ZERO
}
