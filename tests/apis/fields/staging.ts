import { json } from '../../support/http.ts'
import { TokenServer } from '../token-server.ts'
import { shownAs, type Field, type Fields, type KeptSeen, type Places } from './field.ts'

type Value = Record<string, unknown>
type StagedField = Field<KeptSeen>

const ofStaging = ({ second }: Places, more: Value): Value => ({ staging: { upstream: { baseUrl: second.url, ...more } } })

/** The header in which a secret went to the service in staging, without the number that ends each token; or the refusal. */
const secret =
  (name: string): StagedField['see'] =>
  async (seen) => {
    const path = `/staged-${seen.name}`
    const answer = await seen.staged(path)
    const sent = seen.places.second.callsOf(path).at(-1)?.headers[name]
    return [answer.status === 200 || json(answer)['code'], String(sent).replace(/-\d+$/, '')]
  }

const header = (more: Value) => (places: Places) =>
  ofStaging(places, { header: { name: 'x-secret', value: 'secret-in-staging-one', ...more } })

const basic = (more: Value) => (places: Places) => ofStaging(places, { basic: { user: 'one', secret: 'password-in-staging-01', ...more } })

const oauth = (more: (places: Places) => Value) => (places: Places) =>
  ofStaging(places, {
    oauth: { tokenUrl: `${places.tokens.url}/one`, clientId: 'one', clientSecret: TokenServer.secret, ...more(places) },
  })

/** Two definitions that differ in how the service in staging is connected to: what it saw of them. */
function tls(a: (places: Places) => Value, b: (places: Places) => Value): StagedField {
  return {
    a: (places) => ({ staging: { upstream: a(places) } }),
    b: (places) => ({ staging: { upstream: b(places) } }),
    see: async ({ staged }) => {
      const { status, text } = await staged('/connected')
      return status === 200 ? text : status
    },
  }
}

/** How many of eight calls each of two places got. */
const shares: StagedField['see'] = async (seen) => {
  const urls: string[] = []
  for (let i = 0; i < 8; i++) urls.push(String(json(await seen.staged('/share'))['url']))
  return ['/one/share', '/two/share'].map((url) => urls.filter((one) => one === url).length)
}

const both = ({ second }: Places, weight: number): Value => ({
  staging: { upstreams: [{ baseUrl: `${second.url}/one`, weight }, { baseUrl: `${second.url}/two` }] },
})

/** What is behind an API in staging: seen by a key of that stage. */
export const STAGING_FIELDS: Fields<KeptSeen> = {
  'staging.upstream.baseUrl': {
    a: (places) => ofStaging(places, {}),
    b: ({ second }) => ({ staging: { upstream: { baseUrl: `${second.url}/v9` } } }),
    see: async (seen) => json(await seen.staged('/a'))['url'],
  },
  'staging.upstream.header.name': { a: header({}), b: header({ name: 'authorization' }), see: secret('x-secret') },
  'staging.upstream.header.value': { a: header({}), b: header({ value: 'secret-in-staging-two' }), see: secret('x-secret') },
  'staging.upstream.basic.user': { a: basic({}), b: basic({ user: 'two' }), see: secret('authorization') },
  'staging.upstream.basic.secret': { a: basic({}), b: basic({ secret: 'password-in-staging-02' }), see: secret('authorization') },
  'staging.upstream.oauth.tokenUrl': {
    a: oauth(() => ({})),
    b: oauth(({ tokens }) => ({ tokenUrl: `${tokens.url}/two` })),
    see: secret('authorization'),
  },
  'staging.upstream.oauth.clientId': { a: oauth(() => ({})), b: oauth(() => ({ clientId: 'two' })), see: secret('authorization') },
  'staging.upstream.oauth.clientSecret': {
    a: oauth(() => ({})),
    b: oauth(() => ({ clientSecret: 'secret-of-nobody-0003' })),
    see: secret('authorization'),
  },
  'staging.upstream.oauth.scopes[]': {
    a: oauth(() => ({ scopes: ['read'] })),
    b: oauth(() => ({ scopes: ['read', 'write'] })),
    see: secret('authorization'),
  },
  'staging.upstream.mutualTls.certificate': tls(shownAs('one'), shownAs('two')),
  'staging.upstream.mutualTls.key': tls(shownAs('one'), shownAs('two')),
  'staging.upstream.ca[]': tls(shownAs('one'), (places) => ({ ...shownAs('one')(places), ca: [places.proofs.clients.certificate] })),
  'staging.upstreams[].baseUrl': {
    a: (places) => both(places, 1),
    b: ({ second }) => ({ staging: { upstreams: [{ baseUrl: `${second.url}/one` }, { baseUrl: `${second.url}/three` }] } }),
    see: shares,
  },
  'staging.upstreams[].weight': { a: (places) => both(places, 1), b: (places) => both(places, 3), see: shares },
}
