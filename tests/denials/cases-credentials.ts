import { claims, ISSUER, ISSUER_KEY, pemOf, token } from '../apis/callers/issuer.ts'
import { signed, type ToSign } from '../apis/callers/sign.ts'
import type { Customer } from '../support/gateway.ts'
import { send, type Answer } from '../support/http.ts'
import { carryOutFirst } from './carry-out.ts'
import type { Case, World } from './world.ts'

/** An API that is published anew, whose callers prove themselves in one way. */
async function published(world: World, name: string, authentication: Record<string, unknown>): Promise<void> {
  const upstream = { baseUrl: world.upstream.url }
  const routes = [{ method: 'GET', path: '/', price: '0.01' }]
  await world.gateway.api.expect(201, 'POST', '/api/apis', { name, prefix: `/${name}`, upstream, routes, authentication })
}

/** Sends the same request, signed in another way each time. */
function signer(world: World, customer: Customer, name: string): (how?: Partial<ToSign>) => Promise<Answer> {
  return (how = {}) => send(`${world.gateway.url}/${name}`, { headers: signed(customer, { path: `/${name}`, ...how }) })
}

/** Refusals of credentials that only published APIs take. */
export const CREDENTIAL_CASES: Record<string, Case> = {
  async signature_expired(world) {
    await published(world, 'signed', { signature: {} })
    const customer = await world.gateway.customer('1.00')
    const call = signer(world, customer, 'signed')
    return { answer: await call({ created: Math.floor(Date.now() / 1_000) - 3_600 }), customer, mend: () => call() }
  },

  async signature_replayed(world) {
    await published(world, 'signed-once', { signature: {} })
    const customer = await world.gateway.customer('1.00')
    const call = signer(world, customer, 'signed-once')
    const served = [await call({ nonce: 'the same' })]
    return { answer: await call({ nonce: 'the same' }), customer, served, mend: () => call() }
  },

  async token_expired(world) {
    const customer = await world.gateway.customer('1.00')
    await published(world, 'vouched', { jwt: { ...TERMS, as: customer.keyId } })
    const refused = await bearer(world, 'vouched', claims({ exp: Math.floor(Date.now() / 1_000) - 60 }))
    return { answer: refused, mend: () => bearer(world, 'vouched', claims()) }
  },

  async caller_unknown(world) {
    const customer = await world.gateway.customer('1.00')
    await published(world, 'vouched-for', { jwt: TERMS })
    const refused = await bearer(world, 'vouched-for', claims({ sub: 'a new client' }))
    const { gateway } = world
    const mend = () => carryOutFirst({ gateway }, refused, { words: { KEY: customer.keyId } })
    return { answer: refused, mend: () => mend().then(() => bearer(world, 'vouched-for', claims({ sub: 'a new client' }))) }
  },
}

const TERMS = { issuer: ISSUER, audience: ['shop'], publicKeys: [pemOf(ISSUER_KEY)] }

/** Sends a token with these claims. */
function bearer(world: World, name: string, said: Record<string, unknown>): Promise<Answer> {
  return send(`${world.gateway.url}/${name}`, { headers: { authorization: `Bearer ${token(ISSUER_KEY, said)}` } })
}
