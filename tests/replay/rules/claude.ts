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
