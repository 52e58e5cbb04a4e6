import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { CATALOGUE, DENIAL_CODES } from '@faregate/core'
import { MANAGEMENT_PROBLEMS, ROUTES } from '@faregate/contract'
import type { RouteSpec } from '@faregate/contract'
import { DATA_PLANE_ROUTES } from '@faregate/gateway'
import { COMMANDS } from '../../packages/cli/src/commands/index.ts'
import { PAGES, pathOf } from '../../tools/docs.ts'
import { CALLERS_SURFACES } from '../../tools/docs/vendors/carriage.ts'
import { allWitnesses, moneyRules, promisesPage, RULES, rulesNamed, testsOfRules } from '../../tools/docs/promises.ts'
import { isNamed, vanished, witnessesOf } from '../../tools/promises/witness.ts'
import { ROOT } from '../support/gateway.ts'
import { blocksOf, codeSpans, proseOf } from './markdown.ts'
import { allPages, read } from './pages.ts'

const ALL = allPages()
const GUIDES = ALL.filter(({ file }) => file.startsWith('docs/guides/') || file === 'README.md')
const HTTP = read('docs/reference/http-api.md')
const TROUBLES = read('docs/guides/troubleshooting.md')

describe('the generated reference', () => {
  for (const page of PAGES) {
    it(`docs/${page.file} is what its source says; if not: npm run docs`, async () => {
      const fresh = await page.text()
      assert.ok(readFileSync(pathOf(page), 'utf8') === fresh, 'it is stale: npm run docs')
    })
  }
})

describe('denials', () => {
  it('every code is looked up in troubleshooting, and no other', () => {
    const table = TROUBLES.slice(TROUBLES.indexOf('## By code'), TROUBLES.indexOf('## It does not start'))
    const listed = [...table.matchAll(/^\| (`.+?) \|/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`(\w+)`/g)].map((code) => code[1] ?? ''),
    )
    assert.deepEqual(listed.toSorted(), [...DENIAL_CODES].toSorted())
  })

  it('a code that a page names with its status is in a catalogue, with that status', () => {
    const statuses = new Map(Object.entries({ ...CATALOGUE, ...MANAGEMENT_PROBLEMS }).map(([code, entry]) => [code, String(entry.status)]))
    const named = ALL.flatMap(({ file, text }) =>
      [...proseOf(text).matchAll(/\b([45]\d\d) `([a-z]+(?:_[a-z]+)+)`/g)].map((match) => ({
        file,
        status: match[1],
        code: match[2] ?? '',
      })),
    )
    assert.ok(named.length >= 5)
    assert.deepEqual(
      named.filter(({ code, status }) => statuses.get(code) !== status),
      [],
    )
  })
})

describe('settings', () => {
  const documented = new Set([...read('docs/reference/configuration.md').matchAll(/`(FAREGATE_[A-Z_]+)`/g)].map((match) => match[1] ?? ''))
  const members = new Set([...read('docs/reference/configuration.md').matchAll(/^\| `([\w.[\]]+)` \|/gm)].map((match) => match[1] ?? ''))
  /** Of the command line, in cli.md. */
  const ofClients = new Set(['FAREGATE_TOKEN', 'FAREGATE_URL'])
  /** What people call their own variables in examples, and what tests read. */
  const ofExamples = new Set(['FAREGATE_KEY', 'FAREGATE_TEST_POSTGRES_URL', 'FAREGATE_TEST_REDIS_URL'])

  it('every variable that a page names exists', () => {
    const named = ALL.flatMap(({ file, text }) => [...text.matchAll(/\bFAREGATE_[A-Z_]+\b/g)].map((match) => ({ file, name: match[0] })))
    assert.ok(named.length >= 20)
    assert.deepEqual(
      named.filter(({ name }) => !documented.has(name) && !ofClients.has(name) && !ofExamples.has(name)),
      [],
    )
  })

  it('every variable that the program reads is documented', () => {
    const source = globSync('packages/{cli,server,identity}/src/**/*.ts', { cwd: ROOT })
      .map((file) => read(file))
      .join('\n')
    const taken = new Set(
      [...source.matchAll(/environment\['(FAREGATE_[A-Z_]+)'\]|variable\('(FAREGATE_[A-Z_]+)'\)/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      ),
    )
    assert.ok(taken.size >= 5)
    assert.deepEqual(
      [...taken].filter((name) => !documented.has(name) && !ofClients.has(name)),
      [],
    )
    for (const name of ofClients) assert.match(read('docs/reference/cli.md'), new RegExp(`\`${name}\``))
  })

  it('every member of the file that a page names exists', () => {
    const groups = new Set([...members].filter((member) => member.includes('.')).map((member) => member.split('.')[0] ?? ''))
    const named = GUIDES.concat({ file: 'http-api.md', text: HTTP }).flatMap(({ file, text }) =>
      codeSpans(text)
        .filter((span) => groups.has(/^([a-z]+)\.[\w.]+$/.exec(span)?.[1] ?? ''))
        .map((member) => ({ file, member })),
    )
    assert.ok(named.length >= 8)
    assert.deepEqual(
      named.filter(({ member }) => !members.has(member)),
      [],
    )
  })
})

describe('commands', () => {
  const names = COMMANDS.map((command) => command.name)

  it('every command that a page names exists, with its options', () => {
    const lines = ALL.flatMap(({ file, text }) =>
      [
        ...codeSpans(text),
        ...blocksOf(text)
          .filter((block) => block.language === 'sh')
          .flatMap((block) => block.text.replaceAll('\\\n', '').split('\n')),
      ].map((line) => ({ file, line })),
    )
    const calls = lines.flatMap(({ file, line }) =>
      [...line.matchAll(/(?:npx|exec faregate) faregate ([a-z]+(?:-[a-z]+)*(?: [a-z]+)?)([^|&)#]*)/g)].map((match) => ({
        file,
        words: match[1] ?? '',
        rest: match[2] ?? '',
      })),
    )
    assert.ok(calls.length >= 40)
    for (const { file, words, rest } of calls) {
      const name = names.includes(words) ? words : (words.split(' ')[0] ?? '')
      const command = COMMANDS.find((one) => one.name === name)
      assert.ok(command !== undefined || name === 'key', `${file}: npx faregate ${words}`)
      const known = new Set([
        '--json',
        '--data',
        '--url',
        '--help',
        ...(command?.options ?? []).map(({ flags }) => flags.split(' ')[0] ?? ''),
      ])
      for (const [flag] of rest.matchAll(/(?<=\s)--[a-z-]+/g)) assert.ok(known.has(flag), `${file}: npx faregate ${name} ${flag}`)
    }
  })

  it('every command has its section in the reference', () => {
    const sections = [...read('docs/reference/cli.md').matchAll(/^## (.+)$/gm)].map((match) => match[1])
    assert.deepEqual(sections, names)
  })
})

describe('routes', () => {
  const management: RouteSpec[] = Object.values(ROUTES)

  const listed = [...HTTP.matchAll(/`(GET|POST) (\/[\w/:-]*)`/g)].map((match) => `${match[1]} ${match[2]}`)
  const beside = ['GET /denials/', 'GET /problems', 'GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /docs', 'GET /api/reference']

  it('every route of the data plane is in the HTTP API', () => {
    const below = [...HTTP.matchAll(/`(\/v1\w*\/\w+\/)`/g)].map((match) => `POST ${match[1]}`)
    const missing = DATA_PLANE_ROUTES.filter(({ method, path }) => {
      const route = `${method} ${path.replace('*', '')}`
      return path.endsWith('*') ? ![...listed, ...below].some((one) => one.startsWith(route)) : !listed.includes(route)
    })
    assert.deepEqual(missing, [])
  })

  it('every call of a model is, with its method where the path names one', () => {
    assert.deepEqual(
      CALLERS_SURFACES.flatMap(({ paths }) => paths).filter((path) => !listed.includes(path)),
      [],
    )
  })

  it('the HTTP API names no other', () => {
    const served = DATA_PLANE_ROUTES.map(({ method, path }) => new RegExp(`^${method} ${path.replace('*', '.+')}$`))
    assert.deepEqual(
      listed.filter(
        (route) => !served.some((known) => known.test(route)) && !beside.some((known) => route.startsWith(known)) && route !== 'GET /',
      ),
      [],
    )
  })

  it('a call of the management API that a page names exists', () => {
    const paths = management.map(({ path }) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`))
    const named = ALL.flatMap(({ file, text }) =>
      [...text.matchAll(/(?:GET|POST|PATCH|DELETE|:4020) ?(\/api\/[\w/{}…-]+)/g)].map((match) => ({ file, path: match[1] ?? '' })),
    )
    const others = new Set(['/api/openapi.json', '/api/openapi', '/api/reference', '/api/oauth/token'])
    assert.deepEqual(
      named.filter(({ path }) => !others.has(path) && !paths.some((known) => known.test(path))),
      [],
    )
  })
})

describe('the promises', () => {
  it('every test that the page names is there; where one was renamed or taken out, tools/promises has to follow', () => {
    const witnesses = allWitnesses()
    assert.ok(witnesses.length >= 100)
    assert.deepEqual(vanished(witnesses), [])
    const gone = { file: 'tests/docs/pages.test.ts', name: 'no test there is called so' }
    const other = { file: 'tests/docs/no-such.test.ts', name: 'x' }
    assert.deepEqual(vanished([gone, other]), [gone, other])
  })

  it('every rule of money has a line, and a test of its own among those that it names', () => {
    assert.deepEqual(Object.keys(RULES), moneyRules())
    assert.equal(moneyRules().length, 27)
    const without = Object.entries(RULES).filter(
      ([rule, promised]) => !witnessesOf(promised).some(({ name }) => rulesNamed(`'${name}'`).has(rule)),
    )
    assert.deepEqual(
      without.map(([rule]) => rule),
      [],
    )
  })

  it('the page names each of them', async () => {
    const text = await promisesPage.text()
    for (const { name } of allWitnesses()) assert.ok(text.includes(name), name)
  })

  it('a name is told by a run where its parts are', () => {
    const witness = { file: 'a.ts', name: 'M1: … of … (x)' }
    assert.ok(isNamed(witness, 'M1: two of three (x)'))
    assert.ok(isNamed(witness, 'M1: two of three (x) (in one batch)'))
    assert.ok(!isNamed(witness, 'M1: two of three x'))
    assert.ok(!isNamed(witness, 'and M1: two of three (x)'))
  })

  it('every rule has a test that carries its number', () => {
    const carriers = testsOfRules()
    assert.deepEqual(
      moneyRules().filter((rule) => !carriers.has(rule)),
      [],
    )
  })

  it('no test carries the number of a rule that does not exist', () => {
    const rules = moneyRules()
    assert.deepEqual(
      [...testsOfRules().keys()].filter((rule) => !rules.includes(rule)),
      [],
    )
  })

  it('the numbers of a name are read, ranges too', () => {
    assert.deepEqual(
      [...rulesNamed(`it('M2–M4: …'); test("M17, M23: …"); it('postgres: M9: …'); it('all about M5: no')`)],
      ['M2', 'M3', 'M4', 'M17', 'M23', 'M9'],
    )
  })
})
