import { after, before } from 'node:test'
import { either, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import type { Engine } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'

/** A token of output costs 0.001. */
export const PRICE = { input: '0', output: '1000' }

/** A call that asks for ten tokens and gets ten: 0.01. */
export const BODY = { model: 'plain', max_tokens: 10, messages: say() }

export interface World {
  upstream: Upstream
  gateway: Gateway
}

/** A gateway with a model, `plain`, and more, for all tests of a block. */
export function world(
  engine: Engine,
  models: Record<string, unknown> = {},
  more: (upstream: Upstream) => Record<string, unknown> = () => ({}),
): World {
  const made = {} as World
  before(async () => {
    made.upstream = await startUpstream()
    made.upstream.on('plain', either(10, { usage: usage(0, 10) }))
    const config = configuration(made.upstream, { plain: { price: PRICE }, ...models }, more(made.upstream))
    made.gateway = await startGateway({ config, ...engine.options })
  })
  after(async () => {
    await made.gateway?.stop()
    await made.upstream?.close()
  })
  return made
}
