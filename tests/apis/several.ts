import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { after, before } from 'node:test'
import { assertSettled } from '../support/api.ts'
import { nano } from '../support/decimal.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { ANY, PRICE } from './world.ts'

/** An address where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

export interface Several {
  services: Service[]
  gateway: Gateway
  dead: string
  /** A new API in front of these upstreams, and a customer with 1.00 who calls it. */
  api: (upstreams: { baseUrl: string; weight?: number }[], more?: Record<string, unknown>) => Promise<Api>
}

export interface Api {
  name: string
  organization: string
  call: (path: string, sent?: Sent) => Promise<Answer>
  /** So many calls of it were charged, and nothing is held. */
  charged: (calls: number) => Promise<void>
}

/** A gateway and some services, for all tests of a block. */
export function several(count: number): Several {
  const made = {} as Several
  let apis = 0
  before(async () => {
    made.services = await Promise.all(Array.from({ length: count }, () => startService()))
    made.dead = await deadUrl()
    made.gateway = await startGateway()
    made.api = async (upstreams, more = {}) => {
      const { gateway } = made
      const name = `api-${(apis += 1)}`
      await gateway.api.expect(201, 'POST', '/api/apis', { name, prefix: `/${name}`, upstreams, routes: ANY, ...more })
      const { organization, key } = await gateway.customer('1.00')
      return {
        name,
        organization,
        call: (path, sent = {}) =>
          send(`${gateway.url}/${name}${path}`, { ...sent, headers: { authorization: `Bearer ${key}`, ...sent.headers } }),
        charged: async (calls) => assert.equal(nano((await assertSettled(gateway.api, organization)).posted), BigInt(calls) * nano(PRICE)),
      }
    }
  })
  after(async () => {
    await made.gateway?.stop()
    await Promise.all((made.services ?? []).map((service) => service.close()))
  })
  return made
}
