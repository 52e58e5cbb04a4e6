import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { KindFacts, Kinds } from '../src/config/meaning.ts'
import { loadConfiguration, type Loaded } from '../src/config/load.ts'
import { api } from '../src/config/schema-apis.ts'

const folder = mkdtempSync(join(tmpdir(), 'faregate-config-'))
after(() => rmSync(folder, { recursive: true }))

const kinds: Kinds = new Map<string, KindFacts>([
  ['openai', { kind: 'openai', defaultBaseUrl: 'https://api.openai.com/v1', environmentVariable: 'OPENAI_API_KEY' }],
  ['openai-compatible', { kind: 'openai-compatible' }],
  ['demo', { kind: 'demo', defaultBaseUrl: 'demo://', keyless: true }],
])

function load(text: string, environment: NodeJS.ProcessEnv = {}): Loaded {
  const file = join(folder, 'faregate.yaml')
  writeFileSync(file, text)
  return loadConfiguration(file, environment, kinds)
}

/** [name, file, line, column, path, problem, fix] */
const mistakes: [string, string, number, number, string, RegExp, RegExp][] = [
  ['an unknown member names the nearest', 'allModel: true\n', 1, 11, 'allModel', /unknown member/, /did you mean `allModels`/],
  ['an unknown nested member', 'billing:\n  topupUrl: https://a.example\n', 2, 13, 'billing.topupUrl', /unknown member/, /`topUpUrl`/],
  ['an unknown member of a map of its own', 'limit:\n  bodyBytes: 5\n', 1, 1, 'limit', /unknown member/, /`limits`/],
  ['an unknown kind', 'providers:\n  - name: a\n    kind: opnai\n', 3, 11, 'providers[0].kind', /unknown kind `opnai`/, /`openai`/],
  ['a missing member', 'providers:\n  - kind: demo\n', 2, 5, 'providers[0].name', /`name` is missing/, /name of your choice/],
  [
    'a base URL that is needed',
    'providers:\n  - name: a\n    kind: openai-compatible\n    apiKey: x\n',
    2,
    5,
    'providers[0].baseUrl',
    /needs a `baseUrl`/,
    /add it/,
  ],
  [
    'a base URL with a password in it, which lists of providers would show',
    'providers:\n  - name: a\n    kind: openai\n    baseUrl: https://user:secret@x.example/v1\n',
    4,
    14,
    'providers[0].baseUrl',
    /wrong form/,
    /without user and password/,
  ],
  [
    'two providers of one name',
    'providers:\n  - { name: a, kind: demo }\n  - { name: a, kind: demo }\n',
    3,
    13,
    'providers[1].name',
    /second provider/,
    /another name/,
  ],
  [
    'apiKey and keys',
    'providers:\n  - name: a\n    kind: openai\n    apiKey: x\n    keys: [{ key: y }]\n',
    5,
    5,
    'providers[0].keys',
    /both/,
    /keep one/,
  ],
  [
    'a price with exponent',
    'models:\n  m:\n    deployments: [{ provider: a, model: b }]\n    price: { input: 1e-3 }\n',
    4,
    21,
    'models.m.price.input',
    /wrong form/,
    /without exponent/,
  ],
  [
    'a price with ten decimals',
    'models:\n  m:\n    deployments: [{ provider: a, model: b }]\n    price: { input: 0.1234567891 }\n',
    4,
    21,
    'models.m.price.input',
    /wrong form/,
    /9 decimals/,
  ],
  [
    'a negative price',
    'models:\n  m:\n    deployments: [{ provider: a, model: b }]\n    price: { input: -1 }\n',
    4,
    21,
    'models.m.price.input',
    /wrong form/,
    /decimal/,
  ],
  [
    'an unknown bucket',
    'models:\n  m:\n    deployments: [{ provider: a, model: b }]\n    price:\n      inputs: "1"\n',
    5,
    15,
    'models.m.price.inputs',
    /unknown member/,
    /`input`/,
  ],
  ['a number out of range', 'sliceTokens: 0\n', 1, 14, 'sliceTokens', /too small/, /from 1 to 1000000/],
  ['text for a number', 'limits: { connectMs: soon }\n', 1, 22, 'limits.connectMs', /not a number/, /from 1 to/],
  ['a value that is not offered', 'log: { level: loud }\n', 1, 15, 'log.level', /known values/, /one of debug, info/],
  [
    'a missing variable',
    'billing:\n  contact: ${NOBODY_SET_THIS}\n',
    2,
    12,
    'billing.contact',
    /NOBODY_SET_THIS is not set/,
    /set NOBODY_SET_THIS/,
  ],
  ['a network that is none', 'trustedProxies: [10.0.0.0/33]\n', 1, 18, 'trustedProxies[0]', /neither an address/, /10\.0\.0\.0\/8/],
  ['a public URL with a query', 'publicUrl: https://a.example/?x=1\n', 1, 12, 'publicUrl', /query/, /alone/],
  ['a TLS file that is not there', 'tls:\n  cert: none.pem\n  key: none.pem\n', 2, 9, 'tls.cert', /cannot be read/, /PEM/],
  ['broken YAML', 'models: [\n', 2, 1, '', /./, /mend the YAML/],
  ['a member twice', 'allModels: true\nallModels: false\n', 2, 1, '', /unique/, /mend the YAML/],
  ['a list for the whole', '- a\n', 1, 1, '', /map/, /map/],
]

for (const [name, text, line, column, path, problem, fix] of mistakes) {
  test(`a mistake is reported with line, column, path and mend: ${name}`, () => {
    const loaded = load(text)
    assert.equal(loaded.ok, false)
    const [first] = loaded.findings.filter((finding) => finding.severity === 'error')
    assert.deepEqual([first?.place?.line, first?.place?.column, first?.path], [line, column, path], JSON.stringify(loaded.findings))
    assert.match(first?.problem ?? '', problem)
    assert.match(first?.fix ?? '', fix)
  })
}

function good(loaded: Loaded): Extract<Loaded, { ok: true }> {
  assert.ok(loaded.ok, JSON.stringify(loaded.findings))
  return loaded
}

test('M1: unquoted prices are read from their source text, exactly', () => {
  const prices = ['0.05', '0.1', '1.10', '0.000000001', '123456789.123456789', '2']
  for (const text of prices) {
    const { configuration } = good(load(`models:\n  m:\n    deployments: [{ provider: a, model: b }]\n    price: { input: ${text} }\n`))
    assert.equal(configuration.models['m']?.price?.input, text)
  }
})

test('every setting has its default', () => {
  const { configuration } = good(load(''))
  assert.equal(configuration.limits.bodyBytes, 33_554_432)
  assert.equal(configuration.billing.currency, 'USD')
  assert.deepEqual(configuration.cors.origins, ['*'])
})

test('no file at all is the same as an empty one', () => {
  assert.deepEqual(good(loadConfiguration(undefined, {}, kinds)).configuration, good(load('')).configuration)
})

test('a file that was named and is not there is an error', () => {
  const loaded = loadConfiguration(join(folder, 'nowhere.yaml'), {}, kinds)
  assert.equal(loaded.ok, false)
  assert.match(loaded.findings[0]?.problem ?? '', /ENOENT/)
})

test('variables are interpolated, with defaults, escapes, and as numbers where numbers belong', () => {
  const text =
    'billing: { contact: "${WHO}, ${NONE:-nobody}, $${WHO}" }\nsliceTokens: ${SLICE}\nproviders:\n  - name: a\n    kind: openai\n    apiKey: ${DIGITS}\n'
  const { configuration } = good(load(text, { WHO: 'me', SLICE: '8', DIGITS: '0123' }))
  assert.equal(configuration.billing.contact, 'me, nobody, ${WHO}')
  assert.equal(configuration.sliceTokens, 8)
  assert.equal(configuration.providers[0]?.apiKey, '0123')
})

test('FAREGATE_* variables win over the file, in their own types', () => {
  const environment = {
    FAREGATE_LIMITS_BODY_BYTES: '2048',
    FAREGATE_ALL_MODELS: 'true',
    FAREGATE_PUBLIC_URL: 'https://a.example',
    FAREGATE_TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16',
  }
  const { configuration } = good(load('limits: { bodyBytes: 4096 }\n', environment))
  assert.equal(configuration.limits.bodyBytes, 2048)
  assert.equal(configuration.allModels, true)
  assert.equal(configuration.publicUrl, 'https://a.example')
  assert.deepEqual(configuration.trustedProxies, ['10.0.0.1', '10.1.0.0/16'])
})

test('a mistake in a variable names the variable', () => {
  const loaded = load('', { FAREGATE_SLICE_TOKENS: 'many' })
  assert.equal(loaded.ok, false)
  assert.deepEqual([loaded.findings[0]?.path, loaded.findings[0]?.place], ['FAREGATE_SLICE_TOKENS', undefined])
})

test('a variable that sets nothing is a warning with the nearest one', () => {
  const { findings } = good(load('', { FAREGATE_PUBLICURL: 'https://a.example' }))
  assert.deepEqual([findings[0]?.severity, findings[0]?.fix], ['warning', 'did you mean FAREGATE_PUBLIC_URL?'])
})

test('variables of the command line, of examples and of the test suite are no mistakes', () => {
  const environment = {
    FAREGATE_TOKEN: 't',
    FAREGATE_KEY: 'k',
    FAREGATE_RECORDED: '/recordings',
    FAREGATE_SHOW_GUIDES: '1',
    FAREGATE_TEST_POSTGRES_URL: 'postgres://127.0.0.1/postgres',
    FAREGATE_TEST_ANYTHING: '1',
  }
  assert.deepEqual(good(load('', environment)).findings, [])
})

test('places are those of the file: a model where its name stands', () => {
  const { placeOf } = good(load('providers:\n  - name: a\n    kind: demo\nmodels:\n  one:\n    deployments: [{ provider: a, model: x }]\n'))
  assert.equal(placeOf(['models', 'one'])?.line, 5)
  assert.equal(placeOf(['providers', 0])?.line, 2)
})

test('a provider without a key and a deployment without a provider are warnings, not errors', () => {
  const { findings } = good(load('providers: [{ name: a, kind: openai }]\nmodels:\n  m: { deployments: [{ provider: b, model: x }] }\n'))
  assert.deepEqual(
    findings.map((finding) => finding.severity),
    ['warning', 'warning'],
  )
  assert.match(findings[0]?.fix ?? '', /\$\{OPENAI_API_KEY\}/)
})

test('an alias that contains itself is refused, not followed for ever', () => {
  const loaded = load('providers: &a\n  - *a\n')
  assert.equal(loaded.ok, false)
})

test('what an API holds may be as large in the file as over the management API, and no larger', () => {
  const prompt = (more: object) => ({ prefix: '/p', prompt: { model: 'm', user: 'Hello', ...more } })
  const service = (routes: object[]) => ({ prefix: '/s', upstream: { baseUrl: 'http://127.0.0.1:1' }, routes })
  const routes = (count: number) => Array.from({ length: count }, (_, index) => ({ method: 'GET', path: `/${index}`, free: true }))
  const long = (length: number) => [{ method: 'GET', path: `/${'x'.repeat(length - 1)}`, free: true }]
  const choices = (count: number) => ({
    variables: { v: { type: 'string', enum: Array.from({ length: count }, (_, index) => String(index)) } },
  })
  const tooLarge = (value: object) => api.safeParse(value).error?.issues.map(({ path }) => path.join('.')) ?? []
  for (const [most, more, at] of [
    [prompt({ user: 'x'.repeat(100_000) }), prompt({ user: 'x'.repeat(100_001) }), 'prompt.user'],
    [prompt(choices(200)), prompt(choices(201)), 'prompt.variables.v.enum'],
    [service(routes(20_000)), service(routes(20_001)), 'routes'],
    [service(long(500)), service(long(501)), 'routes.0.path'],
  ] as const)
    assert.deepEqual([tooLarge(most), tooLarge(more)], [[], [at]])
})

test('what a variable of a prompt stands for by itself is a number in the file where it takes one', () => {
  const withDefault = (type: string, value: string) =>
    load(
      `apis:\n  a:\n    prefix: /p\n    prompt:\n      model: m\n      user: '{{v}}'\n      variables:\n        v: { type: ${type}, default: ${value} }\n`,
    )
  const flaws = (type: string, value: string) =>
    withDefault(type, value).findings.filter(({ path }) => path === 'apis.a.prompt.variables.v.default').length
  assert.deepEqual([flaws('integer', '5'), flaws('number', '0.5'), flaws('boolean', 'true'), flaws('string', '"5"')], [0, 0, 0, 0])
  assert.deepEqual([flaws('integer', '"5"'), flaws('string', '5')], [1, 1])
})
