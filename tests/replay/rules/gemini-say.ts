/** Google's words for what is wrong with a body. */
import type { Violation } from '../types.ts'
import type { Path, Problem, ProblemKind } from './shape.ts'

const PROTO: Record<string, string> = {
  'a string': 'TYPE_STRING',
  'an integer': 'TYPE_INT32',
  'a decimal': 'TYPE_FLOAT',
  'a boolean': 'TYPE_BOOL',
  'an object': 'type.googleapis.com/google.protobuf.Struct',
  'an array': 'list',
}

const SAYINGS: Record<ProblemKind, (at: string, problem: Problem) => string> = {
  unknown: (_at, problem) => {
    const inside = geminiPath(problem.at.slice(0, -1))
    const name = String(problem.at.at(-1))
    return `Invalid JSON payload received. Unknown name "${name}"${inside === '' ? '' : ` at '${inside}'`}: Cannot find field.`
  },
  missing: (at) => `* GenerateContentRequest.${at}: ${at.split('.').at(-1)} is not specified\n`,
  type: (at, { expected, got }) => `Invalid value at '${at}' (${PROTO[expected] ?? expected}), ${JSON.stringify(got) ?? 'null'}`,
  enum: (at, { got }) =>
    `Invalid value at '${at}' (type.googleapis.com/google.ai.generativelanguage.v1beta.${at.split('.').at(-1)}), ${JSON.stringify(got)}`,
  low: (at, problem) => range(at, problem),
  high: (at, problem) => range(at, problem),
  short: (at) => `* GenerateContentRequest.${at}: must not be empty.\n`,
  long: (at, { expected }) => `* GenerateContentRequest.${at}: must have at most ${expected} characters.\n`,
  few: (at) => `* GenerateContentRequest.${at}: must not be empty.\n`,
  many: (at, { expected }) => `* GenerateContentRequest.${at}: must have at most ${expected} entries.\n`,
  pattern: (at) => `* GenerateContentRequest.${at}: [FIELD_INVALID] Invalid value.\n`,
}

export function geminiSays(problem: Problem): Violation {
  const at = geminiPath(problem.at)
  return { message: SAYINGS[problem.kind](at, problem), param: at }
}

/** `contents[0].parts[1].function_call.name`; the properties of a schema are counted. */
function geminiPath(at: Path): string {
  return at.map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${snake(segment)}`)).join('')
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function range(at: string, { expected, kind }: Problem): string {
  const name = at.split('.').at(-1) ?? at
  return `* GenerateContentRequest.${at}: ${name} must be ${kind === 'low' ? 'at least' : 'at most'} ${expected}.\n`
}
