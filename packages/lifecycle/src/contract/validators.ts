import { compileFunction } from 'node:vm'
import equal from 'ajv/dist/runtime/equal.js'
import ucs2length from 'ajv/dist/runtime/ucs2length.js'
import uri from 'ajv/dist/runtime/uri.js'
import validationError from 'ajv/dist/runtime/validation_error.js'
import formats from 'ajv-formats/dist/formats.js'
import { allDifferent } from './all-different.ts'
import { linearPattern } from './linear.ts'

/** The first thing that is wrong with a value, in the words of the validator. */
export interface Failure {
  instancePath: string
  keyword: string
  message?: string
  params: Record<string, unknown>
}

/** Tells whether a value is as its schema says; where not, `errors` says why. */
export interface Validator {
  (data: unknown): boolean
  errors?: Failure[] | null
}

const MODULES: Record<string, unknown> = {
  'ajv/dist/runtime/equal': equal,
  'ajv/dist/runtime/ucs2length': ucs2length,
  'ajv/dist/runtime/uri': uri,
  'ajv/dist/runtime/validation_error': validationError,
  'ajv-formats/dist/formats': formats,
}

function required(name: string): unknown {
  const found = MODULES[name]
  if (found === undefined) throw new Error(`a validator asks for ${name}`)
  return found
}

/** Schemas that one value may be asked of: those that contain themselves could double their work with each level of a value. */
const MOST_STEPS = 100_000

let steps = 0

/** Thrown within a validator that would take too long. */
export class TooMuchWork extends Error {}

/** Called at the beginning of each generated function. */
function step(): void {
  steps += 1
  if (steps > MOST_STEPS) throw new TooMuchWork(`a value takes more than ${MOST_STEPS} steps`)
}

/** Asks a validator, with bounds on the work. */
export function judged(validator: Validator, value: unknown): boolean {
  steps = 0
  return validator(value)
}

/** The same pattern is compiled once in all validators. */
const patterns = new Map<string, ReturnType<typeof linearPattern>>()
const MOST_PATTERNS = 10_000

function rememberedPattern(pattern: string): ReturnType<typeof linearPattern> {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  if (patterns.size >= MOST_PATTERNS) patterns.clear()
  const made = linearPattern(pattern)
  patterns.set(pattern, made)
  return made
}

/** The validators that generated code exports, by their names. */
export function loadValidators(code: string): Record<string, Validator> {
  const exported: Record<string, Validator> = {}
  const counted = code.replaceAll(/function validate\d+\(data, \{.*?\}=\{\}\)\{/g, '$&helpers.step();')
  const run = compileFunction(counted, ['exports', 'require', 'helpers']) as (...given: unknown[]) => void
  run(exported, required, { linearPattern: rememberedPattern, allDifferent, step })
  return exported
}
