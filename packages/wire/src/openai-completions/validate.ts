import type { Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { aBoolean, aString, firstFault, integerWithin, limitFrom, MODEL, optional, type MemberChecks } from '../input/validate.ts'
import type { JsonObject } from '../json/object.ts'
import { STREAMING, validateStreamOptions } from '../openai-chat/validate.ts'

const MOST_CANDIDATES = 128

const CHECKS: MemberChecks = [
  ['model', MODEL],
  // None at all scores the prompt: `echo` with `logprobs`.
  ['max_tokens', limitFrom(0)],
  ...STREAMING,
  ['best_of', optional((value) => integerWithin(1, MOST_CANDIDATES, value))],
  ['echo', aBoolean],
  ['suffix', aString],
]

/** The first thing that is wrong with a parsed request, its prompt aside; undefined if it is fine. */
export function validateCompletion(value: JsonObject): Invalid | undefined {
  return firstFault(value, CHECKS) ?? validateStreamOptions(value) ?? validateBest(value)
}

/** "`best_of` must be greater than `n`", and "results cannot be streamed". */
function validateBest({ best_of: best, n, stream }: JsonObject): Invalid | undefined {
  if (typeof best !== 'number') return undefined
  const shown = typeof n === 'number' ? n : 1
  if (best < shown) return invalid('/best_of', '`best_of` is less than `n`: the best `n` of so many are shown')
  if (best > shown && stream === true) return invalid('/best_of', '`best_of` cannot be streamed: leave it out, or `stream`')
  return undefined
}
