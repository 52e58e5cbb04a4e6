import type { Prompt, PromptValue, PromptVariable } from '@faregate/core'
import { filled, readTemplate, sizeOf } from './template.ts'
import { exampleFor, fits, kindOf, takenBy } from './values.ts'

/** What a model is asked; or what is wrong with the values, where (JSON pointer), and how it is mended. */
export type Rendered = { ok: true; system?: string; user: string } | WrongValues

export interface WrongValues {
  ok: false
  pointer: string
  message: string
  /** Set where what the model would be asked is too large: so many bytes it may be. */
  mostBytes?: number
}

const LONGEST_NAME = 100

/**
 * A prompt, read once: makes what a model is asked out of the values that a caller sends. A value may stand in many places: what is
 * more than `mostBytes` is not made.
 */
export function compilePrompt({ system, user, variables }: Prompt, mostBytes = Infinity): (values: Record<string, unknown>) => Rendered {
  const [asSystem, asUser] = [system, user].map((text) => (text === undefined ? undefined : readTemplate(text).segments))
  const declared = Object.entries(variables)
  return (values) => {
    const texts = new Map<string, string>()
    for (const [name, variable] of declared) {
      const value = Object.hasOwn(values, name) ? values[name] : variable.default
      if (value === undefined) return missing(name, variable)
      if (!fits(variable, value)) return wrong(name, variable, value)
      texts.set(name, textOf(value))
    }
    const strange = Object.keys(values).find((name) => !texts.has(name))
    if (strange !== undefined) return unknown(strange, Object.keys(variables))
    const valueOf = (name: string): string => texts.get(name) ?? ''
    if (sizeOf([...(asSystem ?? []), ...(asUser ?? [])], valueOf) > mostBytes) return tooLarge(mostBytes)
    return {
      ok: true,
      ...(asSystem === undefined ? {} : { system: filled(asSystem, valueOf) }),
      user: filled(asUser ?? [], valueOf),
    }
  }
}

/** Values that a prompt takes, one for each of its variables. */
export function exampleValues({ variables }: Prompt): Record<string, PromptValue> {
  return Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, exampleFor(variable)]))
}

function textOf(value: PromptValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function missing(name: string, variable: PromptVariable): WrongValues {
  return at(name, `the variable \`${name}\` is missing, which takes ${takenBy(variable)}: ${like(name, variable)}`)
}

function wrong(name: string, variable: PromptVariable, value: unknown): WrongValues {
  const kind = kindOf(value)
  const found = variable.type === 'string' && kind === 'a string' ? 'another string' : kind
  return at(name, `the variable \`${name}\` is ${found}, and takes ${takenBy(variable)}: ${like(name, variable)}`)
}

function like(name: string, variable: PromptVariable): string {
  return `send it like ${JSON.stringify({ [name]: exampleFor(variable) })}`
}

function unknown(name: string, known: string[]): WrongValues {
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.map((one) => `\`${one}\``).join(', ')}`
  return at(name, `\`${name.slice(0, LONGEST_NAME)}\` is no variable of this prompt: leave it out; ${takes}`)
}

function tooLarge(mostBytes: number): WrongValues {
  const message = `With these values the model would be asked more than ${mostBytes} bytes: send shorter ones.`
  return { ok: false, pointer: '', message, mostBytes }
}

function at(name: string, message: string): WrongValues {
  return { ok: false, pointer: `/${name.slice(0, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1')}`, message }
}
