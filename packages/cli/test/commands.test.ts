import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { COMMANDS } from '../src/commands/index.ts'
import { invoiceTests } from './invoice-tests.ts'
import { designedApis } from './commands-api-releases.ts'
import { publishedApis } from './commands-apis.ts'
import { PAYMENT_COMMANDS } from './payment-commands.ts'
import { paymentTests } from './payment-tests.ts'
import { plansAndSubscriptions } from './commands-plans.ts'
import { PEOPLE_COMMANDS } from './people-commands.ts'
import { faregate, LAUNCHER, startBy, type Said, type Started } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'faregate-cli-'))
const environment: NodeJS.ProcessEnv = { FAREGATE_DATA: join(folder, 'data') }
const used = new Set<string>()
let gateway: Started

/** Runs a command line and insists that it ended well; its words are remembered. */
async function does(...args: string[]): Promise<Said> {
  const said = await runs(...args)
  assert.equal(said.code, 0, `${args.join(' ')}: ${said.stderr}${said.stdout}`)
  return said
}

async function runs(...args: string[]): Promise<Said> {
  const command = COMMANDS.map(({ name }) => name)
    .filter((name) => `${args.join(' ')} `.startsWith(`${name} `))
    .toSorted((a, b) => b.length - a.length)[0]
  used.add(command ?? '?')
  return faregate(environment, ...args)
}

async function answered<T>(...args: string[]): Promise<T> {
  return JSON.parse((await does(...args, '--json')).stdout) as T
}

interface Balance {
  granted: string
  posted: string
  available: string
}

interface NewKey {
  id: string
  key: string
  model: string
  organization: { id: string; name: string }
  application: { id: string }
}

async function call(key: string, model: string): Promise<{ status: number; id: string }> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await answer.text()
  return { status: answer.status, id: answer.headers.get('x-request-id') ?? '' }
}

before(async () => {
  gateway = await startBy(process.execPath, [LAUNCHER, 'start', '--port', '0'], { cwd: folder })
})
after(async () => {
  const ended = once(gateway.child, 'exit')
  gateway.child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

describe('the first minute', () => {
  test('`key create --credit` makes organization and application, and a key that works', async () => {
    const said = await does('key', 'create', '--credit', '5')
    const key = /fg_[A-Za-z0-9]{38}/.exec(said.stdout)?.[0] ?? ''
    assert.match(said.stdout, /^curl \S+\/v1\/chat\/completions \\$/m)
    const model = /"model":"([^"]+)"/.exec(said.stdout)?.[1] ?? ''
    assert.equal((await call(key, model)).status, 200)
    const balance = await answered<Balance>('balance')
    assert.equal(balance.granted, '5.00')
    assert.notEqual(balance.posted, '0.00')
  })

  test('a second key goes to the same organization and application', async () => {
    const key = await answered<NewKey>('key', 'create', '--name', 'second')
    assert.equal((await answered<unknown[]>('org', 'list')).length, 1)
    assert.equal((await answered<unknown[]>('app', 'list')).length, 1)
    assert.equal((await answered<unknown[]>('key', 'list', '--organization', key.organization.name)).length, 2)
  })
})

describe('keys', () => {
  test('models, cap and expiry are what was asked for', async () => {
    const terms = ['--model', 'demo', '--model', 'other-*', '--cap', '1/day', '--expires', '2099-01-31']
    const created = await answered<NewKey>('key', 'create', ...terms)
    const keys = await answered<{ id: string; models: string[]; cap: { amount: string; period: string }; expiresAt: string }[]>(
      'key',
      'list',
    )
    const { models, cap, expiresAt } = keys.find(({ id }) => id === created.id) ?? assert.fail('the key is not listed')
    assert.deepEqual(
      { models, cap, at: Date.parse(expiresAt) },
      { models: ['demo', 'other-*'], cap: { amount: '1.00', period: 'day' }, at: Date.UTC(2099, 0, 31) },
    )
  })

  test('a key gets another name, models, cap and expiry, and loses each again', async () => {
    interface Terms {
      name: string
      models: string[] | null
      cap: { amount: string; period: string } | null
      expiresAt: string | null
    }
    const { id } = await answered<NewKey>('key', 'create')
    const terms = ['--name', 'web', '--models', 'demo, other-*', '--cap', '5/month', '--expires', '2099-01-31']
    const given = await answered<Terms>('key', 'update', id, ...terms)
    assert.deepEqual([given.name, given.models, given.cap], ['web', ['demo', 'other-*'], { amount: '5.00', period: 'month' }])
    assert.equal(Date.parse(given.expiresAt ?? ''), Date.UTC(2099, 0, 31))
    const limited = await does('key', 'update', id, '--limit', 'requests=100/second,burst=1', '--limit', 'concurrency=5')
    assert.match(limited.stdout, /; 100 requests a second, 1 at once; 5 at the same time; expires/)
    assert.match((await does('key', 'update', id, '--no-limits')).stdout, /; no limits; expires/)
    const capless = await answered<Terms>('key', 'update', id, '--no-cap')
    assert.deepEqual([capless.name, capless.models?.length, capless.cap], ['web', 2, null])
    assert.notEqual(capless.expiresAt, null)
    const free = await does('key', 'update', id, '--all-models', '--no-expiry')
    assert.match(free.stdout, /is active: all models; no cap; no limits; no expiry\.$/m)
  })

  test('a key update that asks for nothing, or for both, ends with 2', async () => {
    for (const flags of [
      [],
      ['--models', 'a', '--all-models'],
      ['--expires', '30d', '--no-expiry'],
      ['--models', 'a,,b'],
      ['--cap', '5'],
    ]) {
      assert.equal((await runs('key', 'update', 'key_any', ...flags)).code, 2, flags.join(' '))
    }
  })

  test('disabled, enabled and revoked keys are refused, served and refused', async () => {
    const { id, key, model } = await answered<NewKey>('key', 'create')
    await does('key', 'disable', id)
    assert.equal((await call(key, model)).status, 401)
    await does('key', 'enable', id)
    assert.equal((await call(key, model)).status, 200)
    await does('key', 'revoke', id)
    assert.equal((await call(key, model)).status, 401)
  })
})

describe('money', () => {
  test('credit is granted, listed, taken back; a charge is given back', async () => {
    await does('org', 'create', 'acme', '--zone', 'Europe/Berlin')
    await does('app', 'create', 'bot', '--organization', 'acme')
    const grant = await answered<{ id: string }>('grant', 'acme', '2.50', '--reason', 'test', '--priority', '3', '--expires', '30d')
    assert.equal((await answered<unknown[]>('grant', 'list', 'acme')).length, 1)
    const { key, model } = await answered<NewKey>('key', 'create', '--organization', 'acme', '--application', 'bot')
    const { id } = await call(key, model)
    await does('refund', id, '--reason', 'test')
    assert.equal((await answered<Balance>('balance', 'acme')).available, '2.50')
    await does('grant', 'reverse', grant.id, '--amount', '0.50')
    assert.match((await does('org', 'show', 'acme')).stdout, /available +2\.00 USD/)
    assert.match((await does('verify')).stdout, /^The ledger is right/)
  })
})

describe('what to do next', () => {
  test('the printed command names the organization and quotes what a shell would split', async () => {
    const created = await does('org', 'create', "Widgets & 'Co'")
    assert.match(created.stdout, /faregate grant 'Widgets & '\\''Co'\\''' 5\.00/)
    const application = await does('app', 'create', 'my app', '--organization', "Widgets & 'Co'")
    assert.match(application.stdout, /key create --organization 'Widgets & '\\''Co'\\''' --application 'my app'$/m)
    assert.match((await does('key', 'list', '--organization', "Widgets & 'Co'")).stdout, /key create --organization '.*' --credit 5/)
    assert.match((await does('app', 'create', 'plain', '--organization', 'default')).stdout, /key create --application plain$/m)
  })
})

describe('requests', () => {
  test('a request is listed, shown, totalled and diagnosed', async () => {
    const { key, model } = await answered<NewKey>('key', 'create', '--credit', '1')
    const { id } = await call(key, model)
    assert.ok((await answered<{ id: string }[]>('requests', '--limit', '5')).some((request) => request.id === id))
    assert.match((await does('requests', id)).stdout, /outcome +served \(200\)/)
    assert.match((await does('usage', '--group-by', 'model,day')).stdout, /^MODEL +DAY +REQUESTS/)
    assert.equal((await answered<{ steps: unknown[] }>('diagnose', id)).steps.length, 6)
  })
})

describe('what the gateway serves', () => {
  test('a provider is connected with its key from a variable, moved, tested and removed', async () => {
    environment['TEST_PROVIDER_KEY'] = 'sk-test-0123456789'
    const added = await does(
      'provider',
      'add',
      'local',
      '--kind',
      'openai-compatible',
      '--base-url',
      'http://127.0.0.1:9/v1',
      '--key-from',
      'TEST_PROVIDER_KEY',
    )
    assert.equal(added.stdout.includes('sk-test'), false)
    await does('provider', 'set', 'local', '--base-url', 'http://127.0.0.1:9/v2')
    assert.match((await does('provider', 'list')).stdout, /local +openai-compatible +http:\/\/127\.0\.0\.1:9\/v2 +…6789/)
    await does('model', 'add', 'mine', 'local/llama', '--price', 'input=1', '--price', 'output=2')
    assert.equal((await runs('provider', 'test', 'local')).code, 1)
    const moved = await runs('provider', 'set', 'local', '--base-url', 'http://127.0.0.1:9/v3', '--test')
    assert.deepEqual([moved.code, /v3 with …6789\.\nIt cannot be reached/.test(moved.stdout)], [1, true], moved.stdout)
    const shown = await answered<{ kind: string; test: { ok: boolean } }>('provider', 'add', 'played', '--kind', 'demo', '--test')
    assert.deepEqual([shown.kind, shown.test.ok], ['demo', true])
    await does('provider', 'remove', 'played')
    assert.match((await does('model', 'list')).stdout, /mine +local\/llama +input 1\S*, output 2/)
    await does('price', 'set', 'local/other', 'input=3', 'output=4')
    await does('price', 'set', 'local/other', 'input=5', 'output=6')
    assert.match((await does('price', 'list')).stdout, /local\/other +input 5/)
    assert.match((await does('export')).stdout, /mine:/)
    await does('price', 'remove', 'local/other')
    await does('model', 'remove', 'mine')
    await does('provider', 'remove', 'local')
  })
})

test('reconcile compares with an export, and names the place of what it cannot read', async () => {
  const file = join(folder, 'usage.csv')
  writeFileSync(file, 'day,model,input\n2020-01-01,demo,1\n')
  const compared = await runs('reconcile', file, '--provider', 'demo')
  assert.deepEqual([compared.code, /^2020-01-01 +demo +input +– +1 +1 +only there$/m.test(compared.stdout)], [1, true])
  writeFileSync(file, 'day,model,input\n2020-01-01,demo,one\n')
  assert.match((await runs('reconcile', file)).stderr, /usage\.csv, line 2, column input: "one" is not a whole number/)
})

publishedApis({ does, runs, answered }, environment)
designedApis({ does, runs, answered }, folder, environment)

describe('prices that wait for approval', () => {
  test('where none does, it is said so; what nobody knows is named, with what to do', async () => {
    assert.equal((await does('price', 'pending')).stdout.trim(), 'No price waits for approval.')
    assert.deepEqual(await answered('price', 'pending'), [])
    for (const verb of ['approve', 'reject']) {
      const byName = await runs('price', verb, 'openai/gpt-5-nano')
      assert.deepEqual([byName.code, /faregate price pending/.test(byName.stderr)], [1, true])
      assert.match((await runs('price', verb, 'pc_0')).stderr, /There is no pending price "pc_0"/)
    }
  })
})

describe('settings', () => {
  test('a setting is set, seen, in force, exported, and taken back', async () => {
    await does('settings', 'set', 'billing.contact', 'billing@example.com')
    await does('settings', 'set', 'cors.origins', 'https://a.example, https://b.example')
    await does('settings', 'set', 'sliceTokens', '64')
    await does('settings', 'set', 'allModels', 'true')
    await does('settings', 'set', 'prices.approveAbove', '0.25')
    const listed = (await does('settings')).stdout
    assert.match(listed, /billing\.contact +billing@example\.com +database/)
    assert.match(listed, /cors\.origins +https:\/\/a\.example,https:\/\/b\.example +database/)
    assert.match(listed, /maxOutputWhenAbsent +16384 +default/)
    assert.match(listed, /prices\.approveAbove +0\.25 +database/)
    assert.equal((await does('settings', 'show')).stdout, listed)
    assert.match((await does('export')).stdout, /^billing:\n +contact: billing@example\.com$/m)
    assert.match((await does('settings', 'unset', 'billing.contact')).stdout, /^billing\.contact is not set/)
    assert.match((await does('settings', 'unset', 'cors.origins')).stdout, /^cors\.origins is \*\./)
    await does('settings', 'unset', 'sliceTokens')
    await does('settings', 'unset', 'allModels')
    assert.match((await does('settings', 'unset', 'prices.approveAbove')).stdout, /^prices\.approveAbove is 0\.1\./)
  })

  test('a member that cannot change, or a value that cannot be, ends with 2 and says what can', async () => {
    const unknown = await runs('settings', 'set', 'limits.bodyBytes', '5')
    assert.deepEqual([unknown.code, /these do: allModels/.test(unknown.stderr)], [2, true])
    assert.equal((await runs('settings', 'set', 'sliceTokens', 'many')).code, 2)
    assert.equal((await runs('settings', 'set', 'allModels', 'yes')).code, 2)
    assert.equal((await runs('settings', 'set', 'prices.approveAbove', '10 %')).code, 2)
  })
})

describe('operating', () => {
  test('doctor examines, and says what to do about what it finds', async () => {
    const findings = await answered<{ check: string; result: string; detail: string; place?: string; fix?: string }[]>('doctor')
    assert.equal(findings.find(({ check }) => check === 'ledger')?.result, 'ok')
    const unmended = findings.filter(({ result, fix }) => result !== 'ok' && fix === undefined)
    assert.deepEqual(unmended, [])
    assert.equal(findings.find(({ check }) => check === 'provider demo')?.place, 'built in')
  })

  test('a backup taken to a path brings back what was there, once it is meant', async () => {
    const file = join(folder, 'elsewhere', 'saved.sqlite')
    await does('backup', file)
    assert.ok(existsSync(file))
    await does('org', 'create', 'after-the-backup')
    assert.equal((await runs('restore', file)).code, 1)
    await does('restore', file, '--yes')
    const names = (await answered<{ name: string }[]>('org', 'list')).map(({ name }) => name)
    assert.equal(names.includes('after-the-backup'), false)
    assert.ok(names.includes('acme'))
  })

  test('a token may do what it was made for, and a refusal names the fix', async () => {
    const { id, token } = await answered<{ id: string; token: string }>(
      'token',
      'create',
      'reader',
      '--permission',
      'organizations:read',
      '--permission',
      'money:read',
    )
    const limited = { ...environment, FAREGATE_TOKEN: token }
    assert.equal((await faregate(limited, 'balance', 'acme')).code, 0)
    const refused = await faregate(limited, 'grant', 'acme', '1')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /permission_denied[^]*→/)
    assert.match((await does('token', 'list')).stdout, /reader/)
    await does('token', 'revoke', id)
    assert.equal((await faregate(limited, 'balance', 'acme')).code, 1)
  })

  paymentTests({ does, runs, answered })
  invoiceTests({ does, runs })
  plansAndSubscriptions({ does, runs, answered })

  test('a token that may not list organizations names its own by id', async () => {
    const { id } = await answered<{ id: string }>('org', 'create', 'own')
    const flags = ['--organization', id, '--permission', 'money:read', '--permission', 'keys:read', '--permission', 'usage:read']
    const { token } = await answered<{ token: string }>('token', 'create', 'bound', ...flags)
    const limited = { ...environment, FAREGATE_TOKEN: token }
    const shown = await faregate(limited, 'balance', id)
    assert.deepEqual([shown.code, shown.stderr], [0, ''])
    assert.ok(shown.stdout.startsWith(`organization  ${id}\n`), shown.stdout)
    for (const args of [
      ['grant', 'list', id],
      ['key', 'list', '--organization', id],
      ['usage', '--organization', id],
    ]) {
      assert.equal((await faregate(limited, ...args)).code, 0, args.join(' '))
    }
    assert.equal((await faregate(limited, 'balance', 'own')).code, 1)
  })

  test('`check` finds the fault in a configuration, names its place, and ends with 1', async () => {
    assert.equal((JSON.parse((await does('check', '--json')).stdout) as { ok: boolean }).ok, true)
    const wrong = await runs('check', '--config', join(folder, 'no-such-file.yaml'))
    assert.equal(wrong.code, 1)
    assert.match(wrong.stdout, /cannot be read/)
  })
})

describe('errors', () => {
  test('what is unknown ends with 1 and a fix, and prints nothing on standard output', async () => {
    const said = await runs('balance', 'nobody')
    assert.deepEqual([said.code, said.stdout], [1, ''])
    assert.match(said.stderr, /"nobody"[^]*→ Create it: faregate org create nobody/)
  })

  test('a problem of the API is printed as its detail, its code and its first fix', async () => {
    const said = await runs('key', 'disable', 'key_nope')
    assert.equal(said.code, 1)
    assert.match(said.stderr, /key_nope.*\(not_found\)\n→ /)
  })

  test('a conflict says what is in the way, without a hint to read what was just read', async () => {
    const { id } = await answered<NewKey>('key', 'create')
    await does('key', 'revoke', id)
    const said = await runs('key', 'enable', id)
    assert.equal(said.code, 1)
    assert.match(said.stderr, /revoked for good.*\(conflict\)\n$/)
  })

  test('a command line that is wrong ends with 2', async () => {
    for (const args of [
      ['balanse'],
      ['key', 'create', '--credit', 'much'],
      ['grant', 'acme'],
      ['key', 'create', '--cap', '1/year'],
      ['balance', '--nope'],
    ]) {
      assert.equal((await faregate(environment, ...args)).code, 2, args.join(' '))
    }
  })

  test('a gateway that is not there ends with 1 and says how to start it', async () => {
    const said = await faregate({ ...environment, FAREGATE_URL: 'http://127.0.0.1:9' }, 'balance')
    assert.equal(said.code, 1)
    assert.match(said.stderr, /does not answer[^]*→ Start it/)
    const nowhere = await faregate({ FAREGATE_DATA: join(folder, 'nothing') }, 'balance')
    assert.match(nowhere.stderr, /no operator-token[^]*→/)
  })
})

test('every command was run here, but for `start`, which runs the gateway', () => {
  assert.deepEqual(
    COMMANDS.map(({ name }) => name).filter((name) => ![...used, ...PEOPLE_COMMANDS, ...PAYMENT_COMMANDS].includes(name)),
    ['start'],
  )
})
