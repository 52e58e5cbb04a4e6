import { RE2JS } from 're2js'

/** A pattern that is tried in time linear in the text, whatever both are. */
export interface LinearPattern {
  test(text: string): boolean
  toString(): string
}

/**
 * A pattern of a schema, as the validators call it. Patterns are others' words and texts are their callers': an engine that tries
 * every way would stand still for some of them. Throws for what no such engine can do: looking ahead or back, and references to groups.
 */
export function linearPattern(pattern: string): LinearPattern {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
  return { test: (text) => compiled.matcher(text).find(), toString: () => pattern }
}

/** How generated code names it. */
linearPattern.code = 'helpers.linearPattern'

export function isLinear(pattern: string): boolean {
  try {
    linearPattern(pattern)
    return true
  } catch {
    return false
  }
}
