import { charge } from '../support/auditor.ts'
import { chunk, completion, usage, usageChunk, words } from '../support/behaviours.ts'
import type { Behaviour, Exchange, Upstream } from '../support/upstream.ts'
import { PRICE } from '../faults/due.ts'
import { LOADS } from './plan.ts'
import type { Load, Step } from './plan.ts'

/** What callers ask for at most, and what is held for an answer in one piece. The catalogue's faults are made for it. */
export const MOST_WORDS = 50

/** Every caller gets its own count of words, so that a charge that went to the wrong request shows. */
export function wordsFor(user: string): number {
  const [episode = 0, call = 0] = user.split('-').map(Number)
  return 13 + ((episode * 7 + call * 5) % 37)
}

/** What a whole answer costs. */
export function priceFor(user: string): bigint {
  return charge(PRICE, usage(10, wordsFor(user)))
}

/** Teaches an upstream what the loads are. `at` is told of each step of each call. */
export function teach(upstream: Upstream, at: (user: string, step: Step) => Promise<void>): void {
  for (const load of LOADS) {
    upstream.on(load, async (exchange) => {
      const user = String(exchange.body['user'])
      const here = (step: Step): Promise<void> => at(user, step)
      await here('upstream-has-request')
      await BEHAVIOURS[load](wordsFor(user), here)(exchange)
      await here('upstream-ended')
    })
  }
}

type Serve = (count: number, at: (step: Step) => Promise<void>) => Behaviour

const BEHAVIOURS: Record<Load, Serve> = { whole: json(''), large: json('x'.repeat(1_300_000)), stream, slices: stream }

function json(padding: string): Serve {
  return (count, at) => async (exchange) => {
    const text = JSON.stringify({ padding, ...completion(exchange.model, usage(10, count), words(count)) })
    const half = Math.floor(text.length / 2)
    exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
    exchange.response.flushHeaders()
    await at('upstream-sent-head')
    await write(exchange, text.slice(0, half))
    await at('upstream-mid-body')
    await write(exchange, text.slice(half))
    exchange.response.end()
  }
}

function stream(count: number, at: (step: Step) => Promise<void>): Behaviour {
  return async (exchange) => {
    const { model, response } = exchange
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    await at('upstream-sent-head')
    await write(exchange, chunk(model, { role: 'assistant', content: '' }))
    const middle = Math.floor(count / 2)
    for (let sent = 0; sent < count; sent++) {
      if (sent === middle) await at('upstream-mid-body')
      await write(exchange, chunk(model, { content: ' the' }))
    }
    await write(exchange, chunk(model, {}, 'stop') + usageChunk(model, usage(10, count)))
    await at('upstream-sent-usage')
    response.end('data: [DONE]\n\n')
  }
}

/** Writes, and waits until the connection has taken it or is gone. */
async function write({ response, closed }: Exchange, text: string): Promise<void> {
  if (response.destroyed) return
  await Promise.race([new Promise((resolve) => response.write(text, resolve)), closed])
}
