import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

/** Settings of published APIs of which two values are compared, by the file of `tests/apis/fields`. */
const FIELDS_OF_APIS: Record<string, string[]> = {
  'callers.ts': [
    'authentication.key.header',
    'authentication.key.query',
    'authentication.key.subprotocol',
    'authentication.basic.realm',
    'authentication.signature.windowSeconds',
    ...['issuer', 'audience', 'algorithms', 'jwksUrl', 'publicKeys', 'claim', 'as'].map((member) => `authentication.jwt.${member}`),
    ...['url', 'clientId', 'clientSecret', 'issuer', 'audience', 'scopes', 'claim', 'cacheSeconds', 'as'].map(
      (member) => `authentication.introspection.${member}`,
    ),
    ...['ca', 'issuer', 'name', 'as'].map((member) => `authentication.mutualTls.${member}`),
    'authentication.oauth.maxAgeSeconds',
    'authentication.public.as',
    'identity.assertion.header',
    'identity.assertion.audience',
    'identity.assertion.lifeSeconds',
    'identity.headers.consumer',
    'identity.headers.application',
    'identity.headers.keyId',
    'identity.headers.subject',
  ],
  'calls.ts': [
    'upstream.basic.user',
    'upstream.basic.secret',
    'upstream.oauth.tokenUrl',
    'upstream.oauth.clientId',
    'upstream.oauth.clientSecret',
    'upstream.oauth.scopes',
    'upstream.mutualTls.certificate',
    'upstream.mutualTls.key',
    'upstream.ca',
    'http2',
    'routes[].off',
    ...['sent', 'received', 'units.pointer', 'units.price', 'units.most', 'units.otherwise'].map((member) => `routes[].metered.${member}`),
    'routes[].webSocket',
    ...['state', 'since', 'sunset', 'successor', 'link'].map((member) => `routes[].retirement.${member}`),
    'addresses.allow',
    'addresses.deny',
    'rewrite.from',
    'rewrite.to',
    'requestHeaders.set',
    'requestHeaders.remove',
    'responseHeaders.set',
    'responseHeaders.remove',
    'hostHeader',
    'cache.priceFactor',
  ],
  'models.ts': [
    'models',
    'policy.features',
    ...['maxTokens', 'temperature', 'topP'].map((member) => `policy.defaults.${member}`),
    'policy.maxTokens',
    'policy.system',
  ],
  'contract.ts': [
    'validation.request',
    'validation.response',
    ...['name', 'method', 'path', 'headers', 'body', 'expect.status', 'expect.headers', 'expect.present', 'expect.equal'].map(
      (member) => `checks.calls[].${member}`,
    ),
  ],
  'presentation.ts': ['title', 'summary', 'description', 'categories', 'tags', 'contact', 'logo'].map((member) => `presentation.${member}`),
  'upstreams.ts': [
    'upstreams[].baseUrl',
    'upstreams[].weight',
    'health.failures',
    'health.asideMs',
    'health.check.path',
    'health.check.intervalMs',
    'health.check.timeoutMs',
    'health.check.healthy',
    'health.check.unhealthy',
    'retries',
    'timeouts.connectMs',
    'timeouts.idleMs',
  ],
}

/** What has names of its own, each a setting. */
const MAPS = ['requestHeaders.set', 'responseHeaders.set', 'checks.calls[].headers', 'checks.calls[].expect.equal', 'models']

/** As the configuration file calls them. */
export function fieldSettings(): string[] {
  return Object.values(FIELDS_OF_APIS)
    .flat()
    .map((field) => `apis.*.${MAPS.includes(field) ? `${field}.*` : field}`)
}

/** Fails where one has no row. */
export function assertFieldRows(): void {
  for (const [file, fields] of Object.entries(FIELDS_OF_APIS)) {
    const text = readFileSync(new URL(`../../../../tests/apis/fields/${file}`, import.meta.url), 'utf8')
    for (const field of fields) {
      const row = [`  '${field}': `, `  '${field}[]': `, `  ${field}: `].some((start) => text.includes(start))
      assert.ok(row, `tests/apis/fields/${file} has no row of ${field}`)
    }
  }
}
