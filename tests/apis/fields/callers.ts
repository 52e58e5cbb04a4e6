import { handedOn } from '../../support/certificates.ts'
import { Introspector } from '../callers/introspector.ts'
import { claims, ISSUER, ISSUER_KEY, pemOf, signingKey, token } from '../callers/issuer.ts'
import { signed } from '../callers/sign.ts'
import { header, json, send } from '../../support/http.ts'
import { pause } from '../../support/wait.ts'
import { FIELDS_TOKEN, type Field, type Fields, type Places, type Seen } from './field.ts'
import { ofSockets, opens } from './sockets.ts'

type Value = Record<string, unknown>

/** How a call without the usual header is answered. */
const bare =
  (path: string, headers: (places: Places) => Record<string, string> = () => ({})): Field['see'] =>
  async ({ anybody, places }: Seen) =>
    (await anybody(path.replace('KEY', places.rich.key), { headers: headers(places) })).status

const authentication = (value: (places: Places) => Value) => (places: Places) => ({ authentication: value(places) })

const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

const published = ({ rich }: Places): Value => ({ issuer: ISSUER, audience: ['shop'], as: rich.keyId })
const terms = (places: Places): Value => ({ ...published(places), publicKeys: [pemOf(ISSUER_KEY)] })

/** How a call with a sound token is answered. */
const withToken: Field['see'] = async ({ anybody }) =>
  (await anybody('/a', { headers: { authorization: `Bearer ${token(ISSUER_KEY, claims())}` } })).status

/** Two definitions that differ in what is asked of a token. */
function jwt(a: Value, b: Value): Field {
  const asked = (more: Value) => authentication((places) => ({ jwt: { ...terms(places), ...more } }))
  return { a: asked(a), b: asked(b), see: withToken }
}

/** Two definitions that differ in whom the gateway asks about a token, or in what must be said of it. */
function introspection(a: (places: Places) => Value, b: (places: Places) => Value, see: Field['see'] = withOpaque): Field {
  const asked = (more: (places: Places) => Value) =>
    authentication((places) => {
      const asking = { url: `${places.introspector.url}/ask`, ...Introspector.client, issuer: ISSUER, as: places.rich.keyId }
      return { introspection: { ...asking, ...more(places) } }
    })
  return { a: asked(a), b: asked(b), see }
}

const withOpaque: Field['see'] = async ({ anybody }) =>
  (await anybody('/a', { headers: { authorization: `Bearer ${FIELDS_TOKEN.text}` } })).status

/** Two definitions that differ in what is asked of a certificate: how a call with `CN=one` is answered, and in whose name it is not. */
function certified(a: (places: Places) => Value, b: (places: Places) => Value): Field {
  const asked = (more: (places: Places) => Value) =>
    authentication((places) => {
      const wanted = { ca: [places.proofs.clients.certificate], issuer: 'clients', as: places.rich.keyId, ...more(places) }
      return { mutualTls: wanted }
    })
  return {
    a: asked(a),
    b: asked(b),
    see: async ({ anybody, places }) => {
      const answer = await anybody('/a', { headers: { 'client-cert': handedOn(places.proofs.one) } })
      return [answer.status, answer.status === 403 ? json(answer)['detail'] : undefined]
    },
  }
}

/** What the upstream got in a header. */
function told(what: string): Field {
  const named = (name: string) => () => ({ authentication: { basic: {} }, identity: { headers: { [what]: name } } })
  return {
    a: named('x-one'),
    b: named('x-two'),
    see: async ({ anybody, places, name }) => {
      await anybody(`/told-${name}`, { headers: { authorization: basic(places.rich.keyId, places.rich.key) } })
      return places.service.callsOf(`/told-${name}`).at(-1)?.headers['x-one']
    },
  }
}

/** What an assertion that the upstream got says. */
function assertionIn(headers: Value): Value {
  const [, said = ''] = String(headers['faregate-assertion']).split('.')
  return JSON.parse(Buffer.from(said, 'base64url').toString()) as Value
}

function asserted(a: Value, b: Value, look: (headers: Value) => unknown): Field {
  return {
    a: () => ({ identity: { assertion: a } }),
    b: () => ({ identity: { assertion: b } }),
    see: async ({ call, places, name }) => {
      await call(`/asserted-${name}`)
      return look({ ...places.service.callsOf(`/asserted-${name}`).at(-1)?.headers })
    },
  }
}

/** Fields of a definition that decide who may call, and what the upstream is told of them. */
export const CALLER_FIELDS: Fields = {
  'authentication.key.header': {
    a: authentication(() => ({ key: { header: 'x-one' } })),
    b: authentication(() => ({ key: { header: 'x-two' } })),
    see: bare('/a', ({ rich }) => ({ 'x-one': rich.key })),
  },
  'authentication.key.query': {
    a: authentication(() => ({ key: { query: 'one' } })),
    b: authentication(() => ({ key: { query: 'two' } })),
    see: bare('/a?one=KEY'),
  },
  'authentication.key.subprotocol': {
    a: ({ sockets }) => ({ ...ofSockets(sockets), authentication: { key: { subprotocol: 'one' } } }),
    b: ({ sockets }) => ({ ...ofSockets(sockets), authentication: { key: { subprotocol: 'two' } } }),
    see: async ({ origin, name, places: { rich } }) => opens(`${origin}/${name}/echo`, ['one', `one.${rich.key}`]),
  },
  'authentication.basic.realm': {
    a: authentication(() => ({ basic: { realm: 'one' } })),
    b: authentication(() => ({ basic: { realm: 'two' } })),
    see: async ({ anybody }) => header(await anybody('/a'), 'www-authenticate'),
  },
  'authentication.signature.windowSeconds': {
    a: authentication(() => ({ signature: { windowSeconds: 1 } })),
    b: authentication(() => ({ signature: { windowSeconds: 60 } })),
    see: async ({ anybody, name, places: { rich } }) => {
      const created = Math.floor(Date.now() / 1_000) - 10
      return (await anybody('/a', { headers: signed(rich, { path: `/${name}/a`, created }) })).status
    },
  },
  'authentication.oauth.maxAgeSeconds': {
    a: authentication(() => ({ oauth: { maxAgeSeconds: 1 } })),
    b: authentication(() => ({ oauth: { maxAgeSeconds: 900 } })),
    see: async ({ anybody, origin, places: { rich } }) => {
      const body = `grant_type=client_credentials&client_id=${rich.keyId}&client_secret=${rich.key}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const { access_token: given } = json(await send(`${origin}/api/oauth/token`, { body, headers }))
      await pause(1_100)
      return (await anybody('/a', { headers: { authorization: `Bearer ${String(given)}` } })).status
    },
  },
  'authentication.jwt.issuer': jwt({}, { issuer: 'https://other.example' }),
  'authentication.jwt.audience[]': jwt({}, { audience: ['other'] }),
  'authentication.jwt.algorithms[]': jwt({ algorithms: ['EdDSA'] }, { algorithms: ['RS256'] }),
  'authentication.jwt.publicKeys[]': jwt({}, { publicKeys: [pemOf(signingKey())] }),
  'authentication.jwt.jwksUrl': {
    a: authentication((places) => ({ jwt: { ...published(places), jwksUrl: `${places.issuer.url}/keys` } })),
    b: authentication((places) => ({ jwt: { ...published(places), jwksUrl: `${places.dead}/keys` } })),
    see: withToken,
  },
  'authentication.jwt.claim': jwt({ claim: 'sub' }, { claim: 'azp' }),
  'authentication.jwt.as': {
    a: authentication((places) => ({ jwt: { ...terms(places), as: places.rich.keyId } })),
    b: authentication((places) => ({ jwt: { ...terms(places), as: places.poor.keyId } })),
    see: withToken,
  },
  'authentication.introspection.url': introspection(
    () => ({}),
    ({ dead }) => ({ url: dead }),
  ),
  'authentication.introspection.clientId': introspection(
    () => ({}),
    () => ({ clientId: 'other' }),
  ),
  'authentication.introspection.clientSecret': introspection(
    () => ({}),
    () => ({ clientSecret: 'other' }),
  ),
  'authentication.introspection.issuer': introspection(
    () => ({}),
    () => ({ issuer: 'https://other.example' }),
  ),
  'authentication.introspection.audience[]': introspection(
    () => ({ audience: ['shop'] }),
    () => ({ audience: ['other'] }),
  ),
  'authentication.introspection.scopes[]': introspection(
    () => ({ scopes: ['read'] }),
    () => ({ scopes: ['write'] }),
  ),
  'authentication.introspection.claim': introspection(
    () => ({ claim: 'client_id' }),
    () => ({ claim: 'azp' }),
  ),
  'authentication.introspection.cacheSeconds': introspection(
    () => ({ cacheSeconds: 0 }),
    () => ({ cacheSeconds: 300 }),
    async (seen) => {
      const before = seen.places.introspector.asked.length
      await withOpaque(seen)
      await withOpaque(seen)
      return seen.places.introspector.asked.length - before
    },
  ),
  'authentication.introspection.as': introspection(
    ({ rich }) => ({ as: rich.keyId }),
    ({ poor }) => ({ as: poor.keyId }),
  ),
  'authentication.mutualTls.ca[]': certified(
    () => ({}),
    ({ proofs }) => ({ ca: [proofs.servers.certificate] }),
  ),
  'authentication.mutualTls.issuer': certified(
    () => ({ as: undefined, issuer: 'one' }),
    () => ({ as: undefined, issuer: 'two' }),
  ),
  'authentication.mutualTls.name': certified(
    () => ({ as: undefined, name: 'subject' }),
    () => ({ as: undefined, name: 'thumbprint' }),
  ),
  'authentication.mutualTls.as': certified(
    ({ rich }) => ({ as: rich.keyId }),
    ({ poor }) => ({ as: poor.keyId }),
  ),
  'authentication.public.as': {
    a: authentication(({ rich }) => ({ public: { as: rich.keyId } })),
    b: authentication(({ poor }) => ({ public: { as: poor.keyId } })),
    see: bare('/a'),
  },
  'identity.assertion.header': asserted({ header: 'x-one' }, { header: 'x-two' }, (headers) => typeof headers['x-one']),
  'identity.assertion.audience': asserted({ audience: 'one' }, { audience: 'two' }, (headers) => assertionIn(headers)['aud']),
  'identity.assertion.lifeSeconds': asserted({ lifeSeconds: 1 }, { lifeSeconds: 90 }, (headers) => {
    const { exp, iat } = assertionIn(headers)
    return Number(exp) - Number(iat)
  }),
  'identity.headers.consumer': told('consumer'),
  'identity.headers.application': told('application'),
  'identity.headers.keyId': told('keyId'),
  'identity.headers.subject': told('subject'),
}
