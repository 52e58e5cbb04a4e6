import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { assertSettled } from '../../support/api.ts'
import { nano } from '../../support/decimal.ts'
import { startGateway } from '../../support/gateway.ts'
import type { Customer, Gateway, GatewayOptions } from '../../support/gateway.ts'
import { send } from '../../support/http.ts'
import type { Answer, Sent } from '../../support/http.ts'
import { startService } from '../../support/service.ts'
import type { Service } from '../../support/service.ts'
import { ANY, PRICE } from '../world.ts'

export interface Callers {
  service: Service
  gateway: Gateway
  /** Has credit. */
  customer: Customer
  /** A new API with these members; calls of it carry what the test says, and nothing else. */
  api: (members: Record<string, unknown>) => Promise<CalledApi>
  /** So much was charged to an organization, and nothing is held. */
  charged: (organization: string, calls: number) => Promise<void>
}

export interface CalledApi {
  name: string
  url: string
  call: (path: string, sent?: Sent) => Promise<Answer>
  /** What the upstream got of the last call below a path. */
  got: (path: string) => { url: string; headers: Record<string, unknown> }
}

/** A gateway, a service, and a customer, for all tests of a block. */
export function callers(options: () => GatewayOptions = () => ({})): Callers {
  const made = {} as Callers
  let apis = 0
  before(async () => {
    made.service = await startService()
    made.gateway = await startGateway(options())
    made.customer = await made.gateway.customer('5.00')
    made.api = async (members) => {
      const { gateway, service } = made
      const name = `called-${(apis += 1)}`
      const upstream = { baseUrl: service.url }
      await gateway.api.expect(201, 'POST', '/api/apis', { name, prefix: `/${name}`, upstream, routes: ANY, ...members })
      const url = `${gateway.url}/${name}`
      const got = (path: string) => service.callsOf(path).at(-1) ?? assert.fail(`${path} was not called`)
      return { name, url, call: (path, sent = {}) => send(url + path, sent), got }
    }
    made.charged = async (organization, calls) =>
      assert.equal(nano((await assertSettled(made.gateway.api, organization)).posted), BigInt(calls) * nano(PRICE))
  })
  after(async () => {
    await made.gateway?.stop()
    await made.service?.close()
  })
  return made
}
