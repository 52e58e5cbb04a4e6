import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Lines } from './commands-plans.ts'

/** The commands that publish APIs; `environment` is that of the command line. */
export function publishedApis({ does, runs, answered }: Lines, environment: NodeJS.ProcessEnv): void {
  describe('published APIs', () => {
    test('an API is added with routes, a secret and times, listed, shown and removed', async () => {
      environment['TEST_API_KEY'] = 'secret-of-the-service-0123'
      const routes = ['--route', 'GET /forecast/{city} 0.002', '--route', 'post /x 1 2xx,4xx', '--route', 'GET /status free']
      const times = ['--first-byte', '500', '--silence', '600', '--pass-encoded-slashes', '--prefix', '/acme/weather']
      const said = await does(
        'api',
        'add',
        'weather',
        'http://127.0.0.1:1/v3',
        ...routes,
        ...times,
        '--secret-header',
        'x-key',
        '--secret-from',
        'TEST_API_KEY',
      )
      assert.match(said.stdout, /^weather is published at http:\/\/\S+\/acme\/weather\.$/m)
      const shown = (await does('api', 'show', 'weather')).stdout
      for (const line of [
        /^secret +x-key: ….{4}$/m,
        /^first byte +500 ms$/m,
        /^silence +600 ms$/m,
        /^POST +\/x +1\.00 +2xx 4xx$/m,
        /^GET +\/status +free/m,
      ])
        assert.match(shown, line)
      assert.deepEqual(
        (await answered<{ name: string }[]>('api', 'list')).map(({ name }) => name),
        ['weather'],
      )
      const tried = await runs('api', 'test', 'weather')
      assert.deepEqual([tried.code, /It cannot be reached/.test(tried.stdout)], [1, true], tried.stdout + tried.stderr)
      const key = await answered<{ id: string; apis: string[] | null }>('key', 'create', '--api', 'weather', '--api', 'tides-*')
      assert.deepEqual(key.apis, ['weather', 'tides-*'])
      assert.match((await does('key', 'update', key.id, '--apis', 'weather')).stdout, /; APIs weather; /)
      assert.equal((await answered<{ apis: string[] | null }>('key', 'update', key.id, '--all-apis')).apis, null)
      const plan = await answered<{ models: string[]; apis: string[]; quotas: unknown[] }>(
        'plan',
        'create',
        'forecasts',
        '--period',
        'free',
        '--api',
        'weather',
        '--api-quota',
        'weather:100:1.5',
      )
      assert.deepEqual([plan.models, plan.apis], [[], ['weather']])
      assert.deepEqual(plan.quotas, [{ counts: 'requests', models: null, apis: 'weather', limit: 100, overage: '1.5' }])
      await does('api', 'remove', 'weather')
      // Its next version includes what is there: the doctor looks at it, too.
      await does('plan', 'create', 'forecasts', '--period', 'free')
      assert.equal((await does('api', 'list')).stdout.trim(), 'No API is published.')
    })

    test('an API has several upstreams, other secrets, and members that are set and taken away', async () => {
      environment['TEST_PASSWORD'] = 'password-of-the-gateway-4567'
      const add = ['api', 'add', 'rivers', 'http://127.0.0.1:1 3', '--upstream', 'http://127.0.0.2:1', '--route', 'GET /a free']
      const secrets = ['--basic-user', 'gateway', '--basic-from', 'TEST_PASSWORD']
      await does(...add, ...secrets, '--set', 'health.failures=2', '--set', 'requestHeaders.set.x-tenant=blue', '--first-byte', '500')
      const shown = (await does('api', 'show', 'rivers')).stdout
      for (const line of [
        /^upstream +http:\/\/127\.0\.0\.1:1 \(weight 3\)$/m,
        /^upstream +http:\/\/127\.0\.0\.2:1$/m,
        /^secret +Basic gateway: …4567$/m,
        /^health\.failures +2$/m,
        /^requestHeaders\.set\.x-tenant +blue$/m,
        /^first byte +500 ms$/m,
      ])
        assert.match(shown, line)
      assert.match((await does('api', 'list')).stdout, /http:\/\/127\.0\.0\.1:1 and 1 more/)

      interface Draft {
        upstream: Record<string, unknown>
        upstreams: unknown
        health: unknown
        retries: unknown
        addresses: unknown
        timeouts: Record<string, unknown>
        routes: { off: boolean }[]
      }
      const edit = (...flags: string[]) => answered<Draft>('api', 'edit', 'rivers', ...flags)
      const first = await edit(
        '--set',
        'health.asideMs=500',
        '--set',
        'addresses.allow=["10.0.0.0/8"]',
        '--set',
        'retries=2',
        '--off',
        'GET /a',
      )
      assert.deepEqual(first.health, { failures: 2, asideMs: 500 })
      assert.deepEqual([first.addresses, first.retries, first.routes[0]?.off], [{ allow: ['10.0.0.0/8'] }, 2, true])
      const second = await edit('--unset', 'health.failures', '--unset', 'retries', '--on', 'GET /a', '--set', 'timeouts.silenceMs=600')
      assert.deepEqual([second.health, second.retries, second.routes[0]?.off], [{ asideMs: 500 }, null, false])
      assert.deepEqual(second.timeouts, { connectMs: null, firstByteMs: 500, silenceMs: 600, idleMs: null })
      const token = [
        '--token-url',
        'https://id.example/token',
        '--client-id',
        'rivers',
        '--client-from',
        'TEST_PASSWORD',
        '--scope',
        'read',
      ]
      const third = await edit('--upstream', 'http://127.0.0.1:2', ...token, '--unset', 'upstream.basic')
      assert.deepEqual([third.upstreams, third.upstream['basic']], [null, null])
      assert.deepEqual(third.upstream['oauth'], {
        tokenUrl: 'https://id.example/token',
        clientId: 'rivers',
        scopes: ['read'],
        lastFour: '4567',
      })
      for (const flags of [
        ['--set', 'retries'],
        ['--set', 'prefix=/x'],
        ['--set', 'retries.x.y=1', '--set', 'retries=1', '--set', 'retries.x=2'],
        ['--upstream', 'http://a b'],
        ['--off', 'GET /nowhere'],
        ['--basic-user', 'a'],
        ['--scope', 'read'],
        ['--token-url', 'https://id.example', '--client-id', 'a'],
      ])
        assert.equal((await runs('api', 'edit', 'rivers', ...flags)).code, 2, flags.join(' '))
      assert.equal((await runs('api', 'edit', 'rivers', '--set', 'retries=9')).code, 1)
      await does('api', 'discard', 'rivers')
      await does('api', 'remove', 'rivers')
    })

    test('an API is presented, and listed for whom it is for', async () => {
      await does('api', 'add', 'shown', 'http://127.0.0.1:1', '--route', 'GET /a free')
      const organization = (await answered<{ id: string }>('org', 'create', 'guests')).id
      const words = ['--title', 'Shown', '--category', 'sea', '--tag', 'a', '--tag', 'b', '--contact', 'help@example.com']
      assert.match((await does('api', 'present', 'shown', ...words)).stdout, /^shown is presented as “Shown” with release 2\.$/m)
      await does('api', 'present', 'shown', '--clear', 'contact', '--summary', 'It is shown', '--logo', 'https://cdn.example/a.png')
      const { presentation } = await answered<{ presentation: Record<string, unknown> }>('api', 'show', 'shown')
      assert.deepEqual(presentation, {
        title: 'Shown',
        summary: 'It is shown',
        description: null,
        categories: ['sea'],
        tags: ['a', 'b'],
        contact: null,
        logo: 'https://cdn.example/a.png',
      })
      assert.match(
        (await does('api', 'present', 'shown', '--draft', '--title', 'Later')).stdout,
        /^The draft of shown is at revision 1\.$/m,
      )
      assert.match((await does('api', 'listing', 'shown')).stdout, /^visibility +organization\nowner +nobody is named\ninvited +nobody$/m)
      const asked = ['--visibility', 'invitation', '--owner', 'The crew', '--invite', 'guests']
      assert.match((await does('api', 'listing', 'shown', ...asked)).stdout, new RegExp(`^owner +The crew\ninvited +${organization}$`, 'm'))
      assert.match(
        (await does('api', 'listing', 'shown', '--no-owner', '--uninvite', 'guests')).stdout,
        /^owner +nobody is named\ninvited +nobody$/m,
      )
      assert.match((await does('api', 'usage', 'shown')).stdout, /^Nobody called it\.$/m)
      assert.match((await does('api', 'alerts', 'shown')).stdout, /^It has no alerts\.$/m)
      assert.match(
        (await does('api', 'alerts', 'shown', '--set', 'errors 0.05', '--set', 'latency 1500 15 50')).stdout,
        /^errors +0\.05 +5 +20 +– +does not hold\nlatency +1500 +15 +50 +– +does not hold$/m,
      )
      assert.match((await does('api', 'alerts', 'shown', '--none')).stdout, /^It has no alerts\.$/m)
      for (const line of [
        ['alerts', 'shown', '--set', 'errors'],
        ['alerts', 'shown', '--set', 'silence 1'],
        ['present', 'shown'],
        ['present', 'shown', '--clear', 'prefix'],
        ['present', 'shown', '--logo', 'logo.txt'],
        ['listing', 'shown', '--visibility', 'nobody'],
        ['usage', 'shown', '--by', 'week'],
      ])
        assert.equal((await runs('api', ...line)).code, 2, line.join(' '))
      await does('api', 'discard', 'shown')
      await does('api', 'remove', 'shown')
    })

    test('what is missing or contradicts ends with 2, what the gateway refuses with 1', async () => {
      const add = ['api', 'add', 'tides', 'http://127.0.0.1:1']
      for (const flags of [
        [],
        ['--route', 'GET /a'],
        ['--route', 'BREW /a 1'],
        ['--route', 'GET /a 1 5xx'],
        ['--route', 'GET /a 1', '--secret-header', 'x-key'],
        ['--route', 'GET /a 1', '--secret-header', 'x-key', '--secret-from', 'NO_SUCH_VARIABLE'],
      ]) {
        assert.equal((await runs(...add, ...flags)).code, 2, flags.join(' '))
      }
      const refused = await runs(...add, '--route', 'GET /a 0')
      assert.deepEqual([refused.code, /\/routes\/0\/price/.test(refused.stderr)], [1, true])
      assert.equal((await runs('key', 'update', 'key_any', '--apis', 'a', '--all-apis')).code, 2)
      assert.equal((await runs('plan', 'create', 'p', '--api', 'a', '--api-quota', 'a')).code, 2)
    })
  })
}
