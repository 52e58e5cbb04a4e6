import { completion, sendJson, usage, words } from '../../support/behaviours.ts'
import type { Script } from '../../support/faults.ts'
import type { Behaviour, Exchange } from '../../support/upstream.ts'
import { answered } from './fault.ts'

/** The answer that is to be spoilt: five words, and what is due for it when it passes all the same. */
export const USAGE = usage(10, 5)
export const OK = answered(5, USAGE)

export function whole({ model }: Exchange): string {
  return JSON.stringify(completion(model, USAGE, words(5)))
}

export function healthy(say: Script): string[] {
  return [say.role, ...say.words(5), say.finish, say.usage(USAGE), say.done]
}

/** Answers 200 with a body. */
export function json(body: (exchange: Exchange) => unknown, headers: Record<string, string> = {}): Behaviour {
  return (exchange) => sendJson(exchange, 200, body(exchange), headers)
}

export function half(text: string): string {
  return text.slice(0, Math.floor(text.length / 2))
}
