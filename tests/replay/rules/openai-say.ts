/** OpenAI's words for what is wrong with a body. */
import type { Violation } from '../types.ts'
import { typeName, type Path, type Problem, type ProblemKind } from './shape.ts'

const ARTICLE: Record<string, string> = {
  string: 'a string',
  array: 'an array',
  object: 'an object',
  boolean: 'a boolean',
  null: 'null',
}

type Say = (at: string, problem: Problem) => { message: string; code: string }

const SAYINGS: Record<ProblemKind, Say> = {
  unknown: (at) => ({ message: `Unknown parameter: '${at}'.`, code: 'unknown_parameter' }),
  missing: (at) => ({ message: `Missing required parameter: '${at}'.`, code: 'missing_required_parameter' }),
  type: (at, { expected, got }) => ({
    message: `Invalid type for '${at}': expected ${expected}, but got ${article(got)} instead.`,
    code: 'invalid_type',
  }),
  low: (at, problem) => limit(at, problem, 'below minimum', '>=', 'below_min_value'),
  high: (at, problem) => limit(at, problem, 'above maximum', '<=', 'above_max_value'),
  few: (at, { expected }) => ({
    message: `Invalid '${at}': empty array. Expected an array with minimum length ${expected}, but got an empty array instead.`,
    code: 'empty_array',
  }),
  many: (at, { expected, got }) => {
    const array = Array.isArray(got)
    const count = array ? got.length : Object.keys(got as object).length
    return array
      ? {
          message: `Invalid '${at}': array too long. Expected an array with maximum length ${expected}, but got an array with length ${count} instead.`,
          code: 'array_above_max_length',
        }
      : {
          message: `Invalid '${at}': too many properties. Expected an object with at most ${expected} properties, but got an object with ${count} properties instead.`,
          code: 'object_above_max_properties',
        }
  },
  short: (at, { expected, got }) => ({
    message: `Invalid '${at}': string too short. Expected a string with minimum length ${expected}, but got ${got === '' ? 'an empty string' : 'a shorter one'} instead.`,
    code: got === '' ? 'empty_string' : 'string_below_min_length',
  }),
  long: (at, { expected, got }) => ({
    message: `Invalid '${at}': string too long. Expected a string with maximum length ${expected}, but got a string with length ${String(got).length} instead.`,
    code: 'string_above_max_length',
  }),
  enum: (_at, { expected, got }) => ({
    message: `Invalid value: ${typeof got === 'string' ? `'${got}'` : JSON.stringify(got)}. Supported values are: ${expected}.`,
    code: 'invalid_value',
  }),
  pattern: (at, { expected }) => ({
    message: `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '${expected}'.`,
    code: 'invalid_value',
  }),
}

export function openaiSays(problem: Problem): Violation {
  const param = openaiPath(problem.at)
  return { ...SAYINGS[problem.kind](param, problem), param }
}

/** `messages[0].content` */
function openaiPath(at: Path): string {
  return at.map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${segment}`)).join('')
}

function article(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number'
  return ARTICLE[typeName(value)] ?? 'null'
}

function limit(at: string, problem: Problem, side: string, sign: string, code: string): { message: string; code: string } {
  const kind =
    Number.isInteger(problem.got) && !problem.expected.includes('.') && !/temperature|top_p|penalty/.test(at) ? 'integer' : 'decimal'
  return {
    message: `Invalid '${at}': ${kind} ${side} value. Expected a value ${sign} ${problem.expected}, but got ${JSON.stringify(problem.got)} instead.`,
    code: `${kind}_${code}`,
  }
}
