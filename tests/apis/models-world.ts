import { after, before } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import type { Engine } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Exchange, Upstream } from '../support/upstream.ts'

/** So many tokens of output, as the upstream tells it. */
export const OUTPUT = 40

export interface ModelsWorld {
  upstream: Upstream
  gateway: Gateway
  customer: Customer
  /** A chat completion of a published API: of the model `fast` of `assist`, where nothing else is said. */
  chat: (body?: Record<string, unknown>, sent?: Sent & { key?: string; path?: string }) => Promise<Answer>
  publish: (name: string, definition: Record<string, unknown>) => Promise<number>
}

/** Tells as much input as it was sent characters of messages: what is charged depends on every one of them. */
function counting(exchange: Exchange): unknown {
  const messages = JSON.stringify(exchange.body['messages'] ?? [])
  return either(OUTPUT, { usage: usage(messages.length, OUTPUT) })(exchange)
}

/** A gateway with two models published as `assist`, and a customer with 5.00, for all tests of a block. */
export function modelsWorld(engine?: Engine): ModelsWorld {
  const made = {} as ModelsWorld
  before(async () => {
    made.upstream = await startUpstream()
    made.upstream.on('*', counting)
    const models = { m: { price: { input: '10', output: '700' }, sliceTokens: 16 }, dear: { price: { input: '20', output: '900' } } }
    const config = configuration(made.upstream, models, { billing: { contact: 'billing@example.com' } })
    Object.assign(config['models'] as object, { unpriced: { deployments: [{ provider: 'fake', model: 'nobody-knows-this-model' }] } })
    made.gateway = await startGateway({ config, ...engine?.options })
    made.customer = await made.gateway.customer('5.00')
    made.chat = (body = {}, { key = made.customer.key, path = '/assist/v1/chat/completions', ...sent } = {}) =>
      send(made.gateway.url + path, {
        ...sent,
        body: { model: 'fast', messages: [{ role: 'user', content: 'Hello' }], ...body },
        headers: { authorization: `Bearer ${key}`, ...sent.headers },
      })
    made.publish = async (name, definition) => {
      const { revision } = await made.gateway.api.expect<{ revision: number }>(200, 'PATCH', `/api/apis/${name}/draft`, definition)
      return (await made.gateway.api.expect<{ number: number }>(201, 'POST', `/api/apis/${name}/releases`, { revision })).number
    }
    await made.publish('assist', { models: { fast: 'm', smart: 'dear' } })
  })
  after(async () => {
    await made.gateway?.stop()
    await made.upstream?.close()
  })
  return made
}
