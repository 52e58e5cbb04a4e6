import { startGateway } from '../support/gateway.ts'
import { rememberOldPrice, sqliteIn } from '../support/old-prices.ts'
import type { Upstream } from '../support/upstream.ts'

/** Which prices wait for approval after an upgrade whose catalogue halves one of them. */
export async function pendingAfterUpgrade(upstream: Upstream, configuration: Record<string, unknown>): Promise<string[]> {
  const model = 'gpt-5-nano'
  const gateway = await startGateway({
    config: {
      providers: [{ name: 'openai', kind: 'openai', baseUrl: upstream.url, apiKey: 'sk-upstream-test' }],
      models: { nano: { deployments: [{ provider: 'openai', model }] } },
      ...configuration,
    },
  })
  try {
    await gateway.kill('SIGTERM')
    // The catalogue of this program says 0.05, 0.005 and 0.40.
    const old = { input: 100_000_000n, cacheRead: 10_000_000n, output: 800_000_000n, search: 20_000_000_000_000n }
    await rememberOldPrice(sqliteIn(gateway.data), 'openai', model, old)
    await gateway.start()
    const { data } = await gateway.api.expect<{ data: { name: string }[] }>(200, 'GET', '/api/prices/pending')
    return data.map(({ name }) => name)
  } finally {
    await gateway.stop()
  }
}
