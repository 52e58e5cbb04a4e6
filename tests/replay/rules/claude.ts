/** What kinds of Claude there are, by name. */

/** From Claude 4.6 on no answer can be begun for the model. */
export function takesPrefill(model: string): boolean {
  return !/claude-(opus|sonnet|haiku)-4-[6-9]/.test(model) && !isNewer(model)
}

/** Released after Opus 4.6: they sample as they please, and think by effort alone. */
export function isNewer(model: string): boolean {
  return /claude-(opus-4-[789]|(opus|sonnet|haiku|fable|mythos)-([5-9]|preview))/.test(model)
}

/** From Claude 4.1 on, `temperature` and `top_p` exclude each other. */
export function samplesOneWay(model: string): boolean {
  return /claude-(opus-4-[1-9]|(sonnet|haiku)-4-[5-9])(?!\d)/.test(model) || isNewer(model)
}

/** From Opus 4.8 on, the system may speak between turns; Sonnet 5 is no part of that. */
export function takesSystem(model: string): boolean {
  return isNewer(model) && !/claude-(opus-4-7|sonnet-5(?!-\d{1,2}(?!\d)))/.test(model)
}

/** What these thought is bound to all that was said before it. */
export function preservesThinking(model: string): boolean {
  return /claude-((fable|mythos)-5-[12]|(opus|sonnet|haiku)-5-5)(?!\d)/.test(model)
}

/** These cannot be told not to think. */
export function alwaysThinks(model: string): boolean {
  return /claude-((fable|mythos)-5-[12]|opus-5-5)(?!\d)/.test(model)
}

/** Sonnet 5.5 knows a setting of its own for thinking less. */
export function thinksBetweenTools(model: string): boolean {
  return /claude-sonnet-5-5(?!\d)/.test(model)
}
