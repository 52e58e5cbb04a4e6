import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { header, json, send } from '../../support/http.ts'
import { ISSUER, ISSUER_KEY, pemOf } from './issuer.ts'
import { callers } from './world.ts'

const jwt = { issuer: ISSUER, audience: ['shop'], publicKeys: [pemOf(ISSUER_KEY)] }
const introspection = {
  url: 'https://login.example/ask',
  clientId: 'a',
  clientSecret: 'secret-of-a-client',
  issuer: 'https://login.example',
}

describe('what is told of how callers of an API prove who they are', () => {
  const made = callers()
  const get = (path: string) => send(made.gateway.url + path)

  test('where its tokens come from is looked up beside the API, and a refusal says where (RFC 9728)', async () => {
    const authentication = { oauth: {}, jwt, introspection: { ...introspection, scopes: ['read'] }, basic: {} }
    const { call, name, url } = await made.api({ authentication })
    const path = `/.well-known/oauth-protected-resource/${name}`
    const answer = await get(path)
    assert.deepEqual(json(answer), {
      resource: url,
      resource_name: name,
      authorization_servers: [made.gateway.url, ISSUER, introspection.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ['read'],
    })
    const about = `resource_metadata="${made.gateway.url}${path}"`
    const missing = header(await call('/a'), 'www-authenticate') ?? ''
    assert.equal(missing, `Basic realm="${name}", charset="UTF-8", Bearer realm="${name}", ${about}`)
    const wrong = header(await call('/a', { headers: { authorization: 'Bearer fgt_wrong' } }), 'www-authenticate') ?? ''
    assert.match(wrong, /^Bearer realm="[^"]+", error="invalid_token", error_description="[^"]+", resource_metadata="[^"]+"$/)
  })

  test('of an API without tokens, and of none, nothing is', async () => {
    const { name, call } = await made.api({ authentication: { key: {} } })
    for (const path of [name, 'nowhere', `${name}/a`]) {
      const answer = await get(`/.well-known/oauth-protected-resource/${path}`)
      assert.deepEqual([answer.status, json(answer)['code']], [404, 'route_unknown'])
    }
    assert.equal(header(await call('/a'), 'www-authenticate'), `Bearer realm="${name}"`)
  })

  test('a way that is taken away breaks callers, and whoever publishes is told before', async () => {
    const { name } = await made.api({ authentication: { key: {}, oauth: {} } })
    const path = `/api/apis/${name}`
    const draft = await made.gateway.api.expect<{ revision: number; apiChanges: { breaking: boolean; what: string }[] }>(
      200,
      'PATCH',
      `${path}/draft`,
      {
        authentication: { key: {}, basic: {} },
      },
    )
    const noticed = draft.apiChanges.map(({ breaking, what }) => [breaking, what])
    assert.deepEqual(noticed, [
      [true, 'access tokens of the gateway'],
      [false, 'Basic'],
    ])
    const release = await made.gateway.api.expect<{ apiChanges: unknown }>(201, 'POST', `${path}/releases`, {
      revision: draft.revision,
      override: ['unpayable'],
    })
    assert.deepEqual(release.apiChanges, draft.apiChanges)
  })

  test('the catalogue says in which ways, and how a call looks', async () => {
    const listing = { visibility: 'public' }
    const shown = async (authentication: Record<string, unknown> | undefined) => {
      const { name } = await made.api({ listing, ...(authentication === undefined ? {} : { authentication }) })
      const { callers: ways, example } = json(await get(`/catalogue/${name}.json`)) as { callers: { way: string }[]; example: string }
      const page = (await get(`/catalogue/${name}`)).text
      return [ways.map(({ way }) => way), example.replace(/^curl (-X POST )?'[^']*'/, '').trim(), page]
    }
    const [usual, usualCall, usualPage] = await shown(undefined)
    assert.deepEqual([usual, usualCall], [['key'], '-H "Authorization: Bearer $FAREGATE_KEY"'])
    assert.match(String(usualPage), /a key of yours in <code>FAREGATE_KEY<\/code>/)
    const [ways, call, page] = await shown({ jwt, basic: {}, signature: {} })
    assert.deepEqual([ways, call], [['basic', 'jwt', 'signature'], '-u "$FAREGATE_KEY_ID:$FAREGATE_KEY"'])
    assert.match(String(page), /a token that &quot;https:\/\/issuer\.example&quot; signed/)
    assert.deepEqual((await shown({ public: { as: made.customer.keyId } })).slice(0, 2), [['public'], ''])
  })

  for (const [what, key, why] of [
    ['there is none', async () => 'key_none', /names no key/],
    [
      'was revoked',
      async () => {
        const { keyId } = await made.gateway.customer()
        await made.gateway.api.expect(204, 'DELETE', `/api/keys/${keyId}`)
        return keyId
      },
      /was revoked/,
    ],
    ['may not call it', () => limited({ apis: ['other'] }), /may not call "[^"]+": `faregate key update \S+ --apis other,/],
    [
      'may call models alone',
      () => limited({ scopes: ['models'] }),
      /may not call APIs: `faregate key update \S+ --scope models --scope apis`/,
    ],
  ] as const) {
    test(`a key as which callers are to be served is refused where it is set: ${what}`, async () => {
      const as = await key()
      const { name } = await made.api({})
      for (const [way, terms] of [
        ['public', {}],
        ['jwt', jwt],
        ['introspection', introspection],
      ] as const) {
        const refused = await made.gateway.api.call('PATCH', `/api/apis/${name}`, { authentication: { [way]: { ...terms, as } } })
        assert.deepEqual([refused.status, json(refused)['pointer']], [400, `/authentication/${way}/as`])
        assert.match(String(json(refused)['detail']), why)
      }
      const draft = await made.gateway.api.expect<{ revision: number }>(200, 'PATCH', `/api/apis/${name}/draft`, {
        authentication: { public: { as } },
      })
      const published = await made.gateway.api.call('POST', `/api/apis/${name}/releases`, { ...draft, revision: draft.revision })
      assert.equal(published.status, 400)
    })
  }

  async function limited(to: Record<string, unknown>): Promise<string> {
    const { keyId } = await made.gateway.customer()
    await made.gateway.api.expect(200, 'PATCH', `/api/keys/${keyId}`, to)
    return keyId
  }
})
