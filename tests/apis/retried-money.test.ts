import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { header } from '../support/http.ts'
import { published, startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { deadUrl } from './several.ts'
import { TokenServer } from './token-server.ts'
import { ANY, callWith, PRICE } from './world.ts'

const CALLS = 200
const PATHS = ['/a', '/reset/x', '/status/503', '/cut/100', '/status/404', '/bytes/100000']

for (const { name, skip, block } of ENGINES) {
  describe(
    `calls that are made again, on ${name}`,
    { skip },
    block((engine) => {
      let services: Service[]
      let tokens: TokenServer
      let gateway: Gateway

      before(async () => {
        services = await Promise.all([startService(), startService()])
        tokens = await new TokenServer().start()
        const [first, second] = services
        assert.ok(first && second)
        const upstreams = [{ baseUrl: await deadUrl(), weight: 2 }, { baseUrl: first.url }, { baseUrl: second.url }]
        const oauth = { tokenUrl: `${tokens.url}/token`, clientId: 'shop', clientSecret: TokenServer.secret }
        const more = { upstreams, upstream: { oauth }, health: { failures: 4, asideMs: 50 }, retries: 2 }
        gateway = await startGateway({ config: published(first, ANY, more), ...engine.options })
      })
      after(async () => {
        await gateway?.stop()
        await Promise.all([...(services ?? []), tokens].map((each) => each?.close()))
      })

      test(`${CALLS} at once, while upstreams and tokens come and go: each served one is charged once, the others never`, async () => {
        const { key, organization } = await gateway.customer('100.00')
        let turn = 0
        for (const service of services) service.refuses = () => (turn += 1) % 7 === 0
        const answers = await Promise.all(
          Array.from({ length: CALLS }, (_, i) =>
            callWith(gateway, key, PATHS[i % PATHS.length] ?? '/a', i % 4 === 0 ? { method: 'POST', body: 'x'.repeat(1_000) } : {}),
          ),
        )
        const served = answers.filter(({ status }) => status === 200)
        assert.ok(served.length > CALLS / 10 && served.length < CALLS, `${served.length} were served`)
        assert.ok(served.every((answer) => header(answer, 'faregate-cost') === PRICE && answer.complete))
        assert.ok(answers.every(({ status }) => [200, 404, 502].includes(status)))
        assert.equal(nano((await assertSettled(gateway.api, organization)).posted), BigInt(served.length) * nano(PRICE))
      })
    }),
  )
}
