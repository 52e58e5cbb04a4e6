/**
 * What the names of Gemini's models tell, where its API takes different members for different models. A name without a
 * number (`gemini-flash-latest`) counts as the newest.
 */
const NEWEST = Number.POSITIVE_INFINITY

/** The generation of a model: 2, 2.5, 3.1. */
export function generationOf(model: string): number {
  const name = lastSegment(model)
  if (name.startsWith('gemma')) return 2
  const match = /gemini-(\d+(?:\.\d+)?)/.exec(name)
  return match === null ? NEWEST : Number(match[1])
}

/** How a model takes how much it is to think. */
export type ThinkingControl = 'level' | 'budget' | 'none'

/** From generation 3 a level; 2.5 a budget of tokens; earlier models do not think. */
export function thinkingControl(model: string): ThinkingControl {
  const generation = generationOf(model)
  if (generation >= 3) return 'level'
  return generation >= 2.5 ? 'budget' : 'none'
}

/** Whether a model is one of Google's own, whose formulas count for images and audio. */
export function isGoogles(model: string): boolean {
  return /^(gemini|gemma|learnlm|nano-banana)/.test(lastSegment(model))
}

/** Models of the variety `pro` cannot switch thinking off. */
export function isPro(model: string): boolean {
  return /-pro(-|$)/.test(lastSegment(model))
}

export function isFlashLite(model: string): boolean {
  return lastSegment(model).includes('flash-lite')
}

function lastSegment(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase()
}
