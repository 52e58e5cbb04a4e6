/** Anthropic's words for what is wrong with a body. */
import type { Violation } from '../types.ts'
import type { Problem, ProblemKind } from './shape.ts'

const TYPES: Record<string, string> = {
  'a string': 'Input should be a valid string',
  'an array': 'Input should be a valid list',
  'an object': 'Input should be a valid dictionary',
  'an integer': 'Input should be a valid integer',
  'a decimal': 'Input should be a valid number',
  'a boolean': 'Input should be a valid boolean',
}

const SAYINGS: Record<ProblemKind, (problem: Problem) => string> = {
  unknown: () => 'Extra inputs are not permitted',
  missing: () => 'Field required',
  type: ({ expected }) => TYPES[expected] ?? `Input should be ${expected}`,
  low: ({ expected }) => `Input should be greater than or equal to ${expected}`,
  high: ({ expected }) => `Input should be less than or equal to ${expected}`,
  short: ({ expected }) => `String should have at least ${expected} character${expected === '1' ? '' : 's'}`,
  long: ({ expected }) => `String should have at most ${expected} characters`,
  few: ({ expected }) => `List should have at least ${expected} item after validation, not 0`,
  many: ({ expected, got }) => `List should have at most ${expected} items after validation, not ${(got as unknown[]).length}`,
  enum: ({ at, expected, got }) =>
    at.at(-1) === 'type'
      ? `Input tag '${String(got)}' found using 'type' does not match any of the expected tags: ${expected.replace(', and ', ', ').replace(' and ', ', ')}`
      : `Input should be ${expected.replace(', and ', ' or ').replace(' and ', ' or ')}`,
  pattern: ({ expected }) => `String should match pattern '${expected}'`,
}

export function anthropicSays(problem: Problem): Violation {
  return { message: `${problem.at.join('.')}: ${SAYINGS[problem.kind](problem)}` }
}
