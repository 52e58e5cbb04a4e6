import { startReplay, type Replay } from '../replay/server.ts'
import { startGateway, type Customer, type Gateway } from '../support/gateway.ts'
import { PRICE } from './charge.ts'
import { PROVIDERS } from './providers.ts'

/** One gateway between every surface and every provider, and a customer with money enough for all of it. */
export interface World {
  gateway: Gateway
  replay: Replay
  customer: Customer
}

/** `more`: members of the configuration beside providers and models. */
export async function startWorld(more: Record<string, unknown> = {}): Promise<World> {
  const replay = await startReplay()
  const providers = PROVIDERS.map(({ name, vendor, kind, base, key }) => ({
    name,
    kind,
    baseUrl: replay.origins[vendor] + base,
    apiKey: key,
  }))
  const models = PROVIDERS.flatMap(({ name, models: own }) =>
    Object.entries(own).map(([need, model]) => [
      `${name}-${need}`,
      { deployments: [{ provider: name, model }], price: PRICE, maxOutput: 8_000 },
    ]),
  )
  const config = { providers, models: Object.fromEntries(models) as Record<string, unknown>, ...more }
  const gateway = await startGateway({ config })
  return { replay, gateway, customer: await gateway.customer('1000.00') }
}

export async function stopWorld(world: World | undefined): Promise<void> {
  await world?.gateway.stop()
  await world?.replay.close()
}
