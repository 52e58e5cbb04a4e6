/**
 * What models of OpenAI take, judged by their names (a vendor prefix aside): OpenAI's guides "Prompt caching", "Reasoning
 * models" and "Using GPT-5.2" (parameter compatibility). Unknown names are trusted to take everything but cache breakpoints.
 */
import type { Effort } from '../canonical/conversation.ts'

/** Breakpoints of the prompt cache can be set; before, the cache looks after itself and the member is not known. */
export function takesBreakpoints(model: string): boolean {
  return /^gpt-(5\.([6-9]|\d\d)|[6-9]|\d\d)/.test(bare(model))
}

/** Variants that reason whatever they are told, of models that need not ("Reasoning models", their pages). */
const ALWAYS_REASONS = /^gpt-[5-9][\w.]*-(codex|pro)/

/**
 * Temperature and the like are refused: by the first reasoning models always, by later ones whenever they reason. These do
 * not, unless they are asked to.
 */
export function refusesSampling(model: string, effort: Effort | undefined): boolean {
  const name = bare(model)
  if (/^(o\d|codex|computer-use|gpt-5(?!\.|-chat))/.test(name) || ALWAYS_REASONS.test(name)) return true
  return /^gpt-(5\.\d|[6-9])(?!.*chat)/.test(name) && effort !== undefined && effort !== 'none'
}

/** How much is said can be asked for: from GPT-5 on, of models that are not made for code (guide "Using GPT-5.2", `verbosity`). */
export function takesVerbosity(model: string): boolean {
  return /^gpt-([5-9]|\d\d)(?!.*(chat|codex))/.test(bare(model))
}

/** The least effort that the model can be asked for; undefined where it does not reason, so that nothing need be asked. */
export function leastEffort(model: string): Effort | undefined {
  const name = bare(model)
  if (ALWAYS_REASONS.test(name)) return name.includes('-pro') ? 'high' : 'low'
  if (/^gpt-(5\.\d|[6-9])(?!.*chat)/.test(name)) return 'none'
  if (/^gpt-5(?!-chat)/.test(name)) return 'minimal'
  return /^(o\d|codex|gpt-oss)/.test(name) ? 'low' : undefined
}

/**
 * What a model is asked for that is to think as much as it sees fit. Most do so by themselves: undefined. From GPT-5.1 on
 * they do not think at all unless they are asked to ("reasoning_effort", its defaults).
 */
export function effortUntold(model: string): Effort | undefined {
  return leastEffort(model) === 'none' ? 'medium' : undefined
}

/** Whether the name is of OpenAI's own, whoever serves it. */
export function isOpenAis(model: string): boolean {
  return /^(gpt-|chatgpt|o\d|codex|computer-use)/.test(bare(model))
}

function bare(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase()
}
