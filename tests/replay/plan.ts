/**
 * What a request is answered with, and how badly. A plan is written behind the model's name (`gpt-5.1~tool-call,split=1`), in
 * the header `x-replay`, or given to the server itself.
 */
import type { Scene } from './answers/scene.ts'
import type { JsonObject } from './types.ts'

/** An answer in the vendor's own form, sent as it is. */
export interface RawAnswer {
  status?: number
  headers?: Record<string, string>
  /** The body, or the events of a stream, each its JSON text. */
  body?: JsonObject | string | Buffer
  events?: string[]
}

export interface Plan {
  /** A fixture, a recording, `auto`, a scene, or a raw answer; `auto` unless told. */
  answer?: string | Scene | RawAnswer
  /** Milliseconds before the first byte of the answer. */
  delay?: number
  /** Milliseconds before each event of a stream. */
  pace?: number
  /** Each event is written in pieces of so many bytes. */
  split?: number
  fault?: string
  /** The rules are not looked at. */
  lenient?: boolean
}

const MARK = '~'
const NUMBERS = ['delay', 'pace', 'split'] as const

/** The model, and the plan written behind it. */
export function splitModel(name: string): { model: string; plan: Plan } {
  const at = name.indexOf(MARK)
  return at < 0 ? { model: name, plan: {} } : { model: name.slice(0, at), plan: parsePlan(name.slice(at + 1)) }
}

/** `answer,delay=50,fault=reset:3,lenient`, in any order. */
export function parsePlan(text: string): Plan {
  const plan: Plan = {}
  for (const directive of text.split(',').map((piece) => piece.trim())) {
    const [key, value] = splitOnce(directive, '=')
    const number = NUMBERS.find((name) => name === key)
    if (number !== undefined) plan[number] = Number(value)
    else if (key === 'fault') plan.fault = value
    else if (key === 'lenient') plan.lenient = true
    else if (directive !== '') plan.answer = directive
  }
  return plan
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)]
}
