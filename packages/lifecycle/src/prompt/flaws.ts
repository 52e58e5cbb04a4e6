import type { Prompt, PromptVariable } from '@faregate/core'
import type { ApiFlaw } from '../flaw.ts'
import { lineAndColumn, readTemplate } from './template.ts'
import { fits, takenBy } from './values.ts'

/** Names of variables are members of bodies and stand in templates. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

const MOST_OUTPUT_DEPTH = 20

/** Everything about a prompt that a schema cannot see: what templates and variables say of each other, defaults, the schema of the output. */
export function promptFlaws(prompt: Prompt): ApiFlaw[] {
  const { model, user, variables } = prompt
  const empty = [
    ...(model === '' ? [absent('model', 'no model is asked', 'set `prompt.model` to a model of this installation')] : []),
    ...(user === ''
      ? [absent('user', 'the model is asked nothing', 'set `prompt.user` to what it is asked, with `{{name}}` for a variable')]
      : []),
  ]
  const declared = Object.entries(variables).flatMap(([name, variable]) => variableFlaws(name, variable))
  return [...empty, ...templateFlaws(prompt), ...declared, ...twins(prompt), ...unused(prompt), ...outputFlaws(prompt.output)]
}

function absent(member: string, problem: string, fix: string): ApiFlaw {
  return { path: ['prompt', member], problem: `is missing: ${problem}`, fix, missing: true }
}

const TEMPLATES = ['system', 'user'] as const

function templateFlaws(prompt: Prompt): ApiFlaw[] {
  return TEMPLATES.flatMap((part) => {
    const text = prompt[part] ?? ''
    const { segments, strange } = readTemplate(text)
    const undeclared = segments.flatMap((segment) =>
      typeof segment === 'string' || Object.hasOwn(prompt.variables, segment.variable) ? [] : [segment],
    )
    return [
      ...strange.map((at) => ({
        path: ['prompt', part],
        problem: `${lineAndColumn(text, at)}: \`${shown(text, at)}\` is no variable`,
        fix: 'write `{{name}}`, and nothing else between the braces: there is no logic',
      })),
      ...undeclared.map(({ variable, at }) => ({
        path: ['prompt', part],
        problem: `${lineAndColumn(text, at)}: \`{{${variable}}}\` is not declared`,
        fix: `declare \`${variable}\` in \`prompt.variables\`${others(prompt)}`,
      })),
    ]
  })
}

function others({ variables }: Prompt): string {
  const names = Object.keys(variables)
  return names.length === 0 ? '' : `, or name one of ${names.map((name) => `\`${name}\``).join(', ')}`
}

/** So much of a template is shown of what is wrong in it. */
function shown(text: string, at: number): string {
  return text.slice(at, at + 20).split('\n')[0] ?? ''
}

function variableFlaws(name: string, variable: PromptVariable): ApiFlaw[] {
  const at = (member: string[], problem: string, fix: string): ApiFlaw => ({ path: ['prompt', 'variables', name, ...member], problem, fix })
  if (!NAME.test(name)) return [at([], `\`${name.slice(0, 100)}\` is no name of a variable`, 'take letters, digits and _, a letter first')]
  const { type, enum: choices, default: value } = variable
  if (choices !== undefined && type !== 'string')
    return [at(['enum'], `is for text, and \`${name}\` is ${type}`, 'make it a string, or take `enum` away')]
  if (choices !== undefined && new Set(choices).size < choices.length) return [at(['enum'], 'names a value twice', 'name each once')]
  if (value === undefined || fits(variable, value)) return []
  return [at(['default'], `is not what \`${name}\` takes`, `make it ${takenBy(variable)}, or leave it out: the variable is required then`)]
}

/** What a caller sends in other letters would be the one or the other. */
function twins({ variables }: Prompt): ApiFlaw[] {
  const seen = new Map<string, string>()
  return Object.keys(variables).flatMap((name): ApiFlaw[] => {
    const first = seen.get(name.toLowerCase())
    if (first === undefined) seen.set(name.toLowerCase(), name)
    const problem = `differs from \`${first ?? ''}\` in capital letters alone`
    return first === undefined ? [] : [{ path: ['prompt', 'variables', name], problem, fix: 'take another name' }]
  })
}

function unused({ system = '', user, variables }: Prompt): ApiFlaw[] {
  if (user === '') return []
  const used = new Set(
    [...readTemplate(system).segments, ...readTemplate(user).segments].map((part) => (typeof part === 'string' ? '' : part.variable)),
  )
  return Object.keys(variables)
    .filter((name) => !used.has(name))
    .map((name) => ({
      path: ['prompt', 'variables', name],
      problem: 'is in neither `system` nor `user`',
      fix: `write \`{{${name}}}\` where its value belongs, or take the variable away`,
    }))
}

function outputFlaws(schema: Prompt['output']): ApiFlaw[] {
  if (schema === undefined) return []
  if (schema['type'] !== 'object')
    return ofOutput('is no schema of an object', 'begin it with `"type": "object"`; without `output` the answer is text')
  if (isDeeper(schema, MOST_OUTPUT_DEPTH)) return ofOutput(`is nested deeper than ${MOST_OUTPUT_DEPTH}`, 'make it simpler')
  return refers(schema) ? ofOutput('refers to another schema by `$ref`', 'write that schema in its place') : []
}

function ofOutput(problem: string, fix: string): ApiFlaw[] {
  return [{ path: ['prompt', 'output'], problem, fix }]
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

function refers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, member]) => (name === '$ref' && typeof member === 'string') || refers(member))
}
