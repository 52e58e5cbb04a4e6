import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer, Sent } from '../support/http.ts'
import { published, startService } from '../support/service.ts'
import type { Service, TestRoute } from '../support/service.ts'

export interface World {
  service: Service
  gateway: Gateway
  customer: Customer
  /** Calls the published API below its prefix, with the customer's key. */
  call: (path: string, sent?: Sent) => Promise<Answer>
}

/** A price at which every route of a test's API is sold, where it says nothing else. */
export const PRICE = '0.01'

export const ANY: TestRoute[] = [{ method: '*', path: '/*', price: PRICE }]

/** A gateway with one published API and a customer with 5.00, for all tests of a block. */
export function world(routes: TestRoute[] = ANY, more: Record<string, unknown> = {}): World {
  const made = {} as World
  before(async () => {
    made.service = await startService()
    made.gateway = await startGateway({ config: published(made.service, routes, more) })
    made.customer = await made.gateway.customer('5.00')
    made.call = (path, sent = {}) => callWith(made.gateway, made.customer.key, path, sent)
  })
  after(async () => {
    await made.gateway?.stop()
    await made.service?.close()
  })
  return made
}

export function callWith(gateway: Gateway, key: string, path: string, sent: Sent = {}): Promise<Answer> {
  return send(`${gateway.url}/test${path}`, { ...sent, headers: { authorization: `Bearer ${key}`, ...sent.headers } })
}

/** The refusal that an answer is. */
export function refusalOf(answer: Answer, status: number, code: string): Record<string, unknown> {
  assert.equal(answer.status, status, answer.text.slice(0, 800))
  assert.match(header(answer, 'content-type') ?? '', /^application\/problem\+json/)
  assert.match(header(answer, 'faregate-denial') ?? '', new RegExp(`^${code};`))
  const problem = json(answer)
  assert.equal(problem['code'], code)
  assert.equal(problem['charged'], false)
  assert.match(String((problem['error'] as Record<string, unknown>)['message']), /\S/)
  return problem
}

/** What was recorded of an answer's request. */
export function recordOf({ gateway }: Pick<World, 'gateway'>, answer: Answer) {
  return gateway.api.record(header(answer, 'x-request-id') ?? '')
}
