import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PEOPLE_COMMANDS } from './people-commands.ts'
import { faregate, LAUNCHER, startBy, type Said, type Started } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'faregate-cli-'))
const environment: NodeJS.ProcessEnv = { FAREGATE_DATA: join(folder, 'data') }
const used = new Set<string>()
let gateway: Started

interface Made {
  id: string
  name: string
  role: string
  team: string | null
  permissions: string[]
  cap: { amount: string; period: string } | null
  userCap: { amount: string; period: string } | null
  suspended: { reason: string } | null
}

async function runs(...args: string[]): Promise<Said> {
  used.add(args.slice(0, 2).join(' '))
  return faregate(environment, ...args)
}

async function does(...args: string[]): Promise<Said> {
  const said = await runs(...args)
  assert.equal(said.code, 0, `${args.join(' ')}: ${said.stderr}${said.stdout}`)
  return said
}

async function answered<T = Made>(...args: string[]): Promise<T> {
  return JSON.parse((await does(...args, '--json')).stdout) as T
}

before(async () => {
  gateway = await startBy(process.execPath, [LAUNCHER, 'start', '--port', '0'], { cwd: folder })
  await does('org', 'create', 'Acme')
})
after(async () => {
  const ended = once(gateway.child, 'exit')
  gateway.child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

test('an organization gets another name, zone and caps, is suspended with a reason, and resumed', async () => {
  const caps = ['--cap', '50/month', '--user-cap', '1/day']
  const { name, cap, userCap } = await answered('org', 'update', 'Acme', '--zone', 'Europe/Berlin', ...caps)
  assert.deepEqual([name, cap, userCap], ['Acme', { amount: '50.00', period: 'month' }, { amount: '1.00', period: 'day' }])
  assert.match((await does('org', 'update', 'Acme', '--tag-cap', '3/week')).stdout, /each tag: 3\.00\/week/)
  assert.match((await does('org', 'show', 'Acme')).stdout, /cap of each tag +3\.00\/week/)
  assert.match((await does('org', 'update', 'Acme', '--no-cap', '--no-user-cap', '--no-tag-cap')).stdout, /no cap; each end user: no cap/)
  const terms = ['--price-factor', '0.9', '--override', 'demo=input=1,output=2', '--disclosure', 'fixes']
  assert.match((await does('org', 'update', 'Acme', ...terms)).stdout, /prices × 0\.9; demo input=1,output=2\./)
  assert.match((await does('org', 'show', 'Acme')).stdout, /refusals tell +fixes/)
  assert.match((await does('org', 'update', 'Acme', '--no-overrides', '--price-factor', '1')).stdout, /no cap; each end user: no cap\./)
  const credit = ['--limit', 'requests=100/second', '--arrears', '500', '--overdraft', '2']
  assert.match((await does('org', 'update', 'Acme', ...credit)).stdout, /limits 100 requests.*; in arrears, up to 500\.00; overdraft 2\./)
  assert.match((await does('org', 'show', 'Acme')).stdout, /limits +100 requests/)
  assert.match(
    (await does('org', 'update', 'Acme', '--no-limits', '--prepaid', '--overdraft', '0')).stdout,
    /no cap; prepaid; overdraft 0\./,
  )
  for (const wrong of [
    [],
    ['--limit', 'all'],
    ['--limit', 'concurrency=1', '--no-limits'],
    ['--cap', '5'],
    ['--user-cap', '0/day'],
    ['--disclosure', 'much'],
    ['--override', 'demo'],
  ])
    assert.equal((await runs('org', 'update', 'Acme', ...wrong)).code, 2, wrong.join(' '))
  assert.equal((await runs('org', 'suspend', 'Acme')).code, 2, 'a reason is asked for')
  assert.equal((await answered('org', 'suspend', 'Acme', '--reason', 'Unpaid.')).suspended?.reason, 'Unpaid.')
  assert.match((await does('org', 'show', 'Acme')).stdout, /suspended +Unpaid\./)
  assert.equal((await answered('org', 'resume', 'Acme')).suspended, null)
})

test('a team gets a cap and applications, and is removed when it has none', async () => {
  const team = await answered('team', 'create', 'Research', '--cap', '20/month')
  assert.deepEqual(team.cap, { amount: '20.00', period: 'month' })
  const application = await answered('app', 'create', 'bot', '--team', team.id)
  assert.equal(application.team, team.id)
  assert.equal((await runs('team', 'delete', team.id)).code, 1)
  const narrowed = await answered('member', 'add', 'Tim', 'tim@example.com', '--role', 'team_admin', '--team', team.id)
  assert.equal(narrowed.team, team.id)
  const owned = await answered<Made & { owner: string | null }>('app', 'update', application.id, '--owner', narrowed.id)
  assert.equal(owned.owner, narrowed.id)
  assert.match((await does('app', 'list', '--owner', narrowed.id)).stdout, /bot/)
  assert.match((await does('member', 'list')).stdout, new RegExp(`team_admin +${team.id}`))
  assert.equal((await answered('member', 'update', narrowed.id, '--no-team')).team, null)
  const heir = await answered('member', 'add', 'Ida', 'ida@example.com', '--role', 'developer')
  await does('member', 'remove', narrowed.id, '--successor', heir.id)
  assert.match((await does('app', 'list', '--owner', heir.id)).stdout, /bot/)
  assert.match((await does('app', 'update', application.id, '--no-owner', '--limit', 'concurrency=3')).stdout, /bot belongs to team_\w+\./)
  assert.match((await does('app', 'update', application.id, '--no-limits')).stdout, /bot belongs to/)
  const moved = await answered('app', 'update', application.id, '--no-team', '--name', 'helper')
  assert.deepEqual([moved.team, moved.name], [null, 'helper'])
  const renamed = await answered('team', 'update', team.id, '--name', 'Lab', '--no-cap')
  assert.deepEqual([renamed.name, renamed.cap], ['Lab', null])
  assert.match((await does('team', 'list', '--organization', 'Acme')).stdout, /Lab/)
  assert.equal((await runs('team', 'update', team.id)).code, 2)
  assert.equal((await runs('app', 'update', application.id)).code, 2)
  await does('team', 'delete', team.id)
  assert.deepEqual(await answered<unknown[]>('team', 'list'), [])
})

test('a member gets a role, a cap and a token that may do what the role allows, and leaves', async () => {
  const role = await answered('role', 'create', 'watcher', '--permission', 'usage:read')
  const { name, permissions } = await answered('role', 'update', role.id, '--permission', 'keys:read', '--name', 'keeper')
  assert.deepEqual([name, permissions], ['keeper', ['keys:read']])
  assert.equal((await runs('role', 'create', 'x', '--permission', 'fly')).code, 2)
  const member = await answered('member', 'add', 'Ann', 'ann@example.com', '--role', role.id, '--cap', '5/week')
  assert.deepEqual([member.role, member.cap], [role.id, { amount: '5.00', period: 'week' }])
  const { token, expiresAt } = await answered<{ token: string; expiresAt: string }>('member', 'token', member.id, '--expires', '30d')
  assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 30 * 86_400_000) < 120_000)
  const limited = { ...environment, FAREGATE_TOKEN: token }
  assert.equal((await faregate(limited, 'key', 'list')).code, 0)
  assert.match((await faregate(limited, 'member', 'list')).stderr, /permission_denied/)
  assert.equal((await runs('role', 'delete', role.id)).code, 1)
  const changed = await answered('member', 'update', member.id, '--role', 'viewer', '--no-cap', '--name', 'Anna')
  assert.deepEqual([changed.name, changed.role, changed.cap], ['Anna', 'viewer', null])
  await does('role', 'delete', role.id)
  assert.match((await does('role', 'list')).stdout, /org_admin/)
  assert.match((await does('member', 'list')).stdout, /ann@example\.com/)
  assert.equal((await runs('member', 'add', 'Bob', 'bob@example.com')).code, 2)
  await does('member', 'remove', member.id)
  assert.equal((await faregate(limited, 'key', 'list')).code, 1)
})

test('a key is limited to scopes and addresses, freed again, and rotated with an overlap', async () => {
  interface Key {
    id: string
    key: string
    scopes: string[]
    addresses: string[] | null
    expiresAt: string | null
  }
  const limits = ['--scope', 'models', '--scope', 'list', '--address', '10.0.0.0/8']
  const made = await answered<Key>('key', 'create', ...limits)
  assert.deepEqual([made.scopes, made.addresses], [['models', 'list'], ['10.0.0.0/8']])
  const freed = await answered<Key>('key', 'update', made.id, '--every-scope', '--any-address')
  assert.deepEqual([freed.scopes, freed.addresses], [[], null])
  const fresh = await answered<Key>('key', 'rotate', made.id, '--overlap', '12h')
  assert.notEqual(fresh.key, made.key)
  const old = (await answered<Key[]>('key', 'list')).find(({ id }) => id === made.id)
  assert.ok(Math.abs(Date.parse(old?.expiresAt ?? '') - Date.now() - 12 * 3_600_000) < 120_000)
  for (const wrong of [
    ['rotate', made.id, '--overlap', 'long'],
    ['create', '--scope', 'all'],
  ])
    assert.equal((await runs('key', ...wrong)).code, 2, wrong.join(' '))
})

test('every command of people and of what they own was run here', () => {
  assert.deepEqual(
    PEOPLE_COMMANDS.filter((name) => !used.has(name)),
    [],
  )
})

test('the token and the address come from the data folder', () => {
  assert.match(readFileSync(join(folder, 'data/operator-token'), 'utf8'), /^fgo_/)
  assert.equal((JSON.parse(readFileSync(join(folder, 'data/instance.json'), 'utf8')) as { url: string }).url, gateway.url)
})
