import type { Part, TextPart, Turn } from './conversation.ts'
import type { Unsupported } from './unsupported.ts'

/** The system's and developer's words, from wherever in the conversation they stand (M1), and the turns without them. */
export function withoutSystem(turns: readonly Turn[]): { system: TextPart[]; turns: Turn[] } {
  const system = turns.filter(isSystem).flatMap(({ parts }) => parts.filter((part) => part.type === 'text'))
  return { system, turns: turns.filter((turn) => !isSystem(turn)) }
}

function isSystem({ role }: Turn): boolean {
  return role === 'system' || role === 'developer'
}

/**
 * Turns that alternate between `user` and `assistant` (M2): tool results belong to the user, turns of one side in a row
 * become one, and within a user's turn results come before what else is said (T6). Turns without parts are left out.
 */
export function alternating(turns: readonly Turn[]): { role: 'user' | 'assistant'; parts: Part[]; at: string }[] {
  const merged: { role: 'user' | 'assistant'; parts: Part[]; at: string }[] = []
  for (const { role, parts, at } of turns) {
    if (parts.length === 0) continue
    const side = role === 'assistant' ? 'assistant' : 'user'
    const last = merged.at(-1)
    if (last?.role === side) last.parts.push(...parts)
    else merged.push({ role: side, parts: [...parts], at })
  }
  for (const turn of merged) if (turn.role === 'user') turn.parts = resultsFirst(turn.parts)
  return merged
}

function resultsFirst(parts: Part[]): Part[] {
  const results = parts.filter(({ type }) => type === 'tool_result')
  return results.length === 0 ? parts : [...results, ...parts.filter(({ type }) => type !== 'tool_result')]
}

/** The names of speakers, for a vendor that has no place for them. */
export function speakersNames(turns: readonly Turn[]): Unsupported[] {
  return turns.flatMap(({ name, at }) => (name === undefined ? [] : [{ at: `${at}/name`, what: 'the name of a speaker' }]))
}
