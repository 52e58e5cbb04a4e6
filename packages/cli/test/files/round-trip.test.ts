import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { answer, usage } from '../../../../tests/support/behaviours.ts'
import { createDatabase, postgresMissing } from '../../../../tests/support/postgres.ts'
import type { TestDatabase } from '../../../../tests/support/postgres.ts'
import { startGateway } from '../../../../tests/support/gateway.ts'
import type { Gateway } from '../../../../tests/support/gateway.ts'
import { header, send } from '../../../../tests/support/http.ts'
import { startService } from '../../../../tests/support/service.ts'
import type { Service } from '../../../../tests/support/service.ts'
import { startUpstream } from '../../../../tests/support/upstream.ts'
import type { Upstream } from '../../../../tests/support/upstream.ts'
import { createClient } from '@faregate/contract'
import { apply as applyChanges, checked, readFolder } from '../../src/files/index.ts'
import { faregate, type Said } from '../support.ts'
import { furnish, SECRETS } from './rich.ts'

/** Every file of a folder, by its path. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry): [string, string] => [
      join(entry.parentPath, entry.name).slice(folder.length + 1),
      readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    ]),
  )
}

const withoutPostgres = await postgresMissing()

// From one engine to the other: what one keeps in another order shows.
describe('a configuration as files, from SQLite to PostgreSQL', { skip: withoutPostgres }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-files-'))
  const [there, back] = [join(folder, 'there'), join(folder, 'back')]
  let service: Service
  let upstream: Upstream
  let rich: Gateway
  let empty: Gateway
  let database: TestDatabase

  before(async () => {
    ;[service, upstream, database] = await Promise.all([startService(), startUpstream(), createDatabase()])
    upstream.on('*', answer(usage(10, 20)))
    const pinned = { deployments: [{ provider: 'demo', model: 'demo' }], price: { input: '1', output: '1' } }
    const config = { publishing: { networks: ['192.0.2.0/24'] }, models: { pinned } }
    ;[rich, empty] = await Promise.all([startGateway({ config }), startGateway({ config, databaseUrl: database.url })])
    await furnish(rich, service, upstream)
  })
  after(async () => {
    await Promise.all([rich?.stop(), empty?.stop()])
    await Promise.all([service?.close(), upstream?.close(), database?.drop()])
    rmSync(folder, { recursive: true, force: true })
  })

  const does = (gateway: Gateway, ...args: string[]): Promise<Said> =>
    faregate({ ...SECRETS, FAREGATE_URL: gateway.url, FAREGATE_TOKEN: gateway.token }, ...args)
  const apply = (gateway: Gateway, ...flags: string[]): Promise<Said> => does(gateway, 'apply', there, ...flags)

  test('an export holds no secret, and names the variable of each', async () => {
    const said = await does(rich, 'export', there)
    assert.equal(said.code, 0, said.stderr)
    const text = Object.values(contents(there)).join('')
    for (const [variable, secret] of Object.entries(SECRETS)) {
      assert.ok(!text.includes(secret), variable)
      assert.ok(text.includes(`\${${variable}}`) && said.stdout.includes(variable), variable)
    }
  })

  test('nothing differs from where it came from, whether or not the secrets are known', async () => {
    for (const secrets of [{}, SECRETS]) {
      const said = await faregate({ ...secrets, FAREGATE_URL: rich.url, FAREGATE_TOKEN: rich.token }, 'apply', there, '--prune')
      assert.deepEqual([said.code, said.stdout.startsWith('Nothing differs: ')], [0, true], said.stdout + said.stderr)
    }
  })

  test('a dry run on an empty installation exits with 2, and changes nothing', async () => {
    const dry = await apply(empty, '--dry-run')
    assert.deepEqual([dry.code, /^18 to create, 0 to change, 0 to remove, 0 unchanged\.$/m.test(dry.stdout)], [2, true], dry.stderr)
    assert.equal((await apply(empty, '--dry-run')).stdout, dry.stdout)
  })

  test('what the doctor says stops it half-way, and the same command goes on from there, to the same bytes', async () => {
    const stopped = await apply(empty)
    assert.match(stopped.stderr, /API old-weather created: .*upstream_dead.*\n.* steps are done; the same command goes on from here/s)
    const whole = await apply(empty, '--override', 'upstream_dead')
    assert.equal(whole.code, 0, whole.stderr)
    const again = await apply(empty, '--prune', '--json')
    assert.deepEqual((JSON.parse(again.stdout) as { changes: unknown[] }).changes, [])
    assert.equal((await does(empty, 'export', back)).code, 0)
    assert.deepEqual(contents(back), contents(there))
  })

  test('calls are served, charged, and refused alike', async () => {
    const [one, other] = [await observed(rich), await observed(empty)]
    assert.deepEqual(other, one)
    assert.deepEqual(
      one.map(([status]) => status),
      [200, 200, 400, 404, 200, 200, 400],
    )
  })

  /** Statuses, codes and costs of calls, and what of them reached the service. */
  async function observed(gateway: Gateway): Promise<(string | number | undefined)[][]> {
    const { data } = await gateway.api.expect<{ data: { id: string; name: string }[] }>(200, 'GET', '/api/organizations')
    const organization = data.find((one) => one.name.startsWith('Acme'))?.id ?? ''
    const { key } = await gateway.api.key(await gateway.api.application(organization, 'app'))
    const calls: [path: string, body?: unknown, method?: string][] = [
      ['/weather/forecast/Berlin?days=2'],
      ['/weather/status'],
      ['/weather/forecast/B'],
      ['/weather/forecast/now', {}, 'POST'],
      ['/v1/chat/completions', { model: 'fast', messages: [{ role: 'user', content: 'Hello' }] }],
      ['/translate', { text: 'Hello', language: 'German' }],
      ['/translate', {}],
    ]
    const seen: (string | number | undefined)[][] = []
    for (const [path, body, method] of calls) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body), method: method ?? 'POST' }
      const got = await send(gateway.url + path, { ...sent, headers: { authorization: `Bearer ${key}` } })
      seen.push([got.status, header(got, 'faregate-denial')?.split(';')[0], header(got, 'faregate-cost')])
    }
    return seen
  }

  test('a change is told member by member, made, and nothing else is', async () => {
    const weather = join(there, 'apis/weather.yaml')
    writeFileSync(weather, readFileSync(weather, 'utf8').replace('price: "0.002"', 'price: 0.0030').replace('    retries: 2\n', ''))
    const changed = await apply(empty)
    assert.equal(changed.code, 0, changed.stderr)
    assert.match(
      changed.stdout,
      /~ API weather\n {4}routes\[GET \/forecast\/\{city\}\]\.price: 0\.002 → 0\.003\n {4}retries: 2 → –\n0 to create, 1/,
    )
    assert.match((await apply(empty)).stdout, /^Nothing differs/)
  })

  test('what is not in the folder stays, until it is pruned and that is confirmed; organizations and plans stay for good', async () => {
    rmSync(join(there, 'webhooks.yaml'))
    rmSync(join(there, 'plans.yaml'))
    assert.match((await apply(empty)).stdout, /not in the folder: webhook https:\/\/hooks\.example\.com\/all$/m)
    const asked = await apply(empty, '--prune')
    assert.deepEqual([asked.code, /This removes 1\.\n→ .* --prune --yes/.test(asked.stderr)], [1, true], asked.stderr)
    const pruned = await apply(empty, '--prune', '--yes')
    assert.match(pruned.stdout, /^- webhook .*\n(.*\n)*.*not in the folder: plan pro \(is never removed\)/m)
    assert.equal(pruned.code, 0, pruned.stderr)
  })

  test('what the configuration file defines is told, and left alone', async () => {
    const file = join(there, 'pinned.yaml')
    writeFileSync(file, 'models: { pinned: { deployments: [{ provider: backup, model: m }] } }')
    const said = await apply(empty)
    rmSync(file)
    assert.deepEqual(
      [said.code, /left alone: model pinned: defined in .*faregate\.yaml:\d+$/m.test(said.stdout)],
      [0, true],
      said.stdout + said.stderr,
    )
  })

  test('what somebody else changed since it was compared is told, and not undone', async () => {
    const models = join(there, 'models.yaml')
    writeFileSync(models, readFileSync(models, 'utf8').replace('maxOutput: 100', 'maxOutput: 200'))
    const client = createClient({ baseUrl: empty.url, token: empty.token })
    const asked = { prune: false, override: [], replaceDrafts: false, say: () => undefined }
    const { comparison, writing } = await checked(await readFolder(there, SECRETS), client, asked)
    await empty.api.expect(200, 'PATCH', '/api/models/fast', { maxOutput: 300 })
    await assert.rejects(
      applyChanges(comparison, writing),
      /model fast changed: was changed meanwhile by somebody else:\n {2}maxOutput: 100 → 300\n→ .*\nNothing was changed\./,
    )
    await empty.api.expect(200, 'PATCH', '/api/models/fast', { maxOutput: 200 })
  })

  test('a draft that somebody else designs is not discarded unless that is asked for', async () => {
    await empty.api.expect(200, 'PATCH', '/api/apis/weather/draft', { retries: 4 })
    const weather = join(there, 'apis/weather.yaml')
    writeFileSync(weather, readFileSync(weather, 'utf8').replace('failures: 5', 'failures: 6'))
    const refused = await apply(empty)
    assert.match(
      refused.stderr,
      /^apis\/weather\.yaml:3:3 apis\.weather: has a draft, changed by operator, .* or give --replace-drafts\nNothing was changed\.$/m,
    )
    const replaced = await apply(empty, '--replace-drafts')
    assert.equal(replaced.code, 0, replaced.stderr)
    assert.equal((await empty.api.expect<{ retries: number | null }>(200, 'GET', '/api/apis/weather')).retries, null)
  })

  test('a token sees what it may: the rest is left out of an export and said, and refused where the folder names it', async () => {
    const { token } = await rich.api.expect<{ token: string }>(201, 'POST', '/api/tokens', { name: 'reader', permissions: ['models:read'] })
    const environment = { FAREGATE_URL: rich.url, FAREGATE_TOKEN: token }
    const exported = await faregate(environment, 'export', back)
    assert.deepEqual([exported.code, Object.keys(contents(back))], [0, ['models.yaml']])
    assert.match(exported.stdout, /^Left out, because the token may not see them: settings, organizations, .*webhooks\.$/m)
    const refused = await faregate({ ...environment, ...SECRETS }, 'apply', there)
    assert.match(
      refused.stderr,
      /^providers\.yaml:3:3 providers\.backup: the token may not see providers → take a token with providers:read/m,
    )
  })
})
