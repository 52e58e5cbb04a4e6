import { createParser } from 'eventsource-parser'
import { after, before } from 'node:test'
import { either, usage, words } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import type { Engine } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Exchange, Upstream } from '../support/upstream.ts'

const SYSTEM = 'Translate into {{language}}, {{tone}}.'

/** The prompt of the tests: a required text, one of some values, and one that need not be sent. */
export const TRANSLATE = {
  model: 'm',
  system: SYSTEM,
  user: '{{text}}',
  variables: {
    text: { type: 'string' },
    language: { type: 'string', enum: ['de', 'en'] },
    tone: { type: 'string', default: 'calm' },
  },
}

/** So many tokens of output, as the upstream tells it. */
export const OUTPUT = 40

export interface PromptWorld {
  upstream: Upstream
  gateway: Gateway
  customer: Customer
  call: (values: unknown, sent?: Sent & { key?: string; path?: string }) => Promise<Answer>
  publish: (name: string, prompt: unknown, more?: Record<string, unknown>) => Promise<void>
}

/** Tells as much input as it was sent characters of messages: what is charged depends on every one of them. */
function counting(exchange: Exchange): unknown {
  const messages = JSON.stringify(exchange.body['messages'] ?? [])
  return either(OUTPUT, { usage: usage(messages.length, OUTPUT) })(exchange)
}

/** A gateway with the prompt published, and a customer with 5.00, for all tests of a block. */
export function promptWorld(engine?: Engine): PromptWorld {
  const made = {} as PromptWorld
  before(async () => {
    made.upstream = await startUpstream()
    made.upstream.on('*', counting)
    const models = { m: { price: { input: '10', output: '700' }, sliceTokens: 16 } }
    const config = configuration(made.upstream, models, { billing: { contact: 'billing@example.com' } })
    Object.assign(config['models'] as object, { unpriced: { deployments: [{ provider: 'fake', model: 'nobody-knows-this-model' }] } })
    made.gateway = await startGateway({ config, ...engine?.options })
    made.customer = await made.gateway.customer('5.00')
    made.call = (values, { key = made.customer.key, path = '/translate', ...sent } = {}) =>
      send(made.gateway.url + path, {
        ...sent,
        ...(values === undefined ? {} : { body: JSON.stringify(values) }),
        headers: { authorization: `Bearer ${key}`, ...sent.headers },
      })
    made.publish = async (name, prompt, more = {}) => {
      const { revision } = await made.gateway.api.expect<{ revision: number }>(200, 'PATCH', `/api/apis/${name}/draft`, { prompt, ...more })
      await made.gateway.api.expect(201, 'POST', `/api/apis/${name}/releases`, { revision })
    }
    await made.publish('translate', TRANSLATE)
  })
  after(async () => {
    await made.gateway?.stop()
    await made.upstream?.close()
  })
  return made
}

/** The chat completion that a call of the prompt stands for. */
export function asChat(values: { text: string; language: string; tone?: string }): Record<string, unknown> {
  const system = SYSTEM.replace('{{language}}', values.language).replace('{{tone}}', values.tone ?? 'calm')
  return {
    model: 'm',
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: values.text },
    ],
  }
}

export const ANSWER = words(OUTPUT)

export interface PromptEvent {
  event: string | undefined
  data: Record<string, unknown>
}

/** The events of a stream, by a parser that is not the product's. */
export function eventsOf({ body }: Answer): PromptEvent[] {
  const found: PromptEvent[] = []
  const parser = createParser({ onEvent: ({ event, data }) => found.push({ event, data: JSON.parse(data) as Record<string, unknown> }) })
  parser.feed(body.toString('utf8'))
  parser.reset({ consume: true })
  return found
}
