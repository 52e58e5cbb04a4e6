import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Lines } from './commands-plans.ts'
import { publishedModels } from './commands-models-api.ts'
import { publishedPrompts } from './commands-prompts.ts'

const TIDES = `openapi: 3.1.0
info: { title: Tides, version: '1' }
servers: [{ url: http://127.0.0.1:1/v1 }]
paths:
  /tides/{coast}:
    get:
      operationId: tides
      summary: The tides of a coast
      parameters: [{ name: coast, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: They, content: { application/json: { schema: { type: object } } } } }
`

/** The commands that design APIs and release them, services and prompts; files are written into `folder`. */
export function designedApis({ does, runs, answered }: Lines, folder: string, environment: NodeJS.ProcessEnv): void {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const all = ['--override', 'upstream_dead', '--override', 'unpayable']

  describe('the design and the releases of APIs', () => {
    test('a document is linted line by line, and compared with another one', async () => {
      const [sound, broken] = [file('tides.yaml', TIDES), file('broken.yaml', TIDES.replace('{coast}:', '{shore}:'))]
      assert.match((await does('api', 'lint', sound)).stdout, /^Nothing is to be said about /)
      const said = await runs('api', 'lint', broken)
      assert.deepEqual([said.code, /broken\.yaml:6:\d+: error: .*path-parameter/.test(said.stdout)], [1, true], said.stdout)
      const wider = file(
        'wider.yaml',
        `${TIDES}  /waves:\n    get: { operationId: waves, summary: Waves, responses: { '204': { description: None } } }\n`,
      )
      assert.match((await does('api', 'diff', wider, sound)).stdout, /^breaking +removed +GET \/waves/m)
    })

    test('what is configured is written as a folder of files, from which nothing differs', async () => {
      const files = join(folder, 'files')
      assert.match((await does('export', files)).stdout, /^Wrote \d+ files into /)
      assert.match((await does('apply', files, '--dry-run')).stdout, /^Nothing differs: /)
    })

    test('a document becomes a draft, a draft a release, and an earlier release is put in force again', async () => {
      const refused = await runs('api', 'import', 'tides', file('none.yaml', 'just words'))
      assert.deepEqual([refused.code, /document_invalid/.test(refused.stderr)], [1, true])
      const imported = await does('api', 'import', 'tides', join(folder, 'tides.yaml'))
      assert.match(imported.stdout, /^Tides 1 \(OpenAPI 3\.1\.0\) is revision 1 of the draft of tides\.$/m)
      assert.match((await does('api', 'drafts')).stdout, /^tides +1 +0 +1/m)
      const unpriced = await runs('api', 'publish', 'tides', ...all)
      assert.match(unpriced.stderr, /release_refused\)\n +price_missing: GET \/tides\/\{coast\}/)
      await does(
        'api',
        'edit',
        'tides',
        '--price',
        'GET /tides/{coast} 0.01',
        '--prefix',
        '/acme/tides',
        '--upstream',
        'http://127.0.0.1:1/v2',
      )
      assert.match((await does('api', 'draft', 'tides')).stdout, /^GET +\/tides\/\{coast\} +0\.01$/m)
      assert.match((await does('api', 'document', 'tides', '--draft')).stdout, /"title":"Tides"/)
      const first = await does('api', 'publish', 'tides', '--note', 'the first', ...all)
      assert.match(first.stdout, /^Release 1 of tides is in force at http:\S+\/acme\/tides\.$/m)
      await does('api', 'edit', 'tides', '--price', '* free')
      await does('api', 'discard', 'tides')
      await does('api', 'edit', 'tides', '--price', 'GET /tides/{coast} free', '--rebase')
      assert.match((await does('api', 'publish', 'tides', ...all)).stdout, /^routes\.GET \/tides\/\{coast\}\.price +0\.01 +–$/m)
      assert.match((await does('api', 'releases', 'tides')).stdout, /^ +2 +in force +1 .*\n +1 +1 .*the first$/m)
      assert.match((await does('api', 'release', 'tides', '2', '--against', '1')).stdout, /^overridden +upstream_dead$/m)
      assert.match((await does('api', 'rollback', 'tides', '1')).stdout, /^Release 1 of tides is in force again\.$/m)
      const api = await answered<{ release: number; routes: { price: string }[] }>('api', 'show', 'tides')
      assert.deepEqual([api.release, api.routes[0]?.price], [1, '0.01'])
    })

    test('a release is tried on some callers, on more of them, promoted or stopped', async () => {
      await does('api', 'edit', 'tides', '--price', 'GET /tides/{coast} 0.02')
      const header = ['--canary-header', 'X-Version: next']
      assert.match(
        (await does('api', 'publish', 'tides', '--canary', '5%', ...header, ...all)).stdout,
        /^Release 3 of tides is tried for 5 % of the keys, and for calls with "x-version: next"\.$/m,
      )
      assert.match((await does('api', 'releases', 'tides')).stdout, /^ +3 +tried for 5 % of the keys.*\n +2 +1 .*\n +1 +in force/m)
      assert.match((await does('api', 'show', 'tides')).stdout, /^tried +release 3 for 5 % of the keys/m)
      const tried = await answered<{ canary: unknown }>('api', 'canary', 'tides', '--percent', '50')
      assert.deepEqual(tried.canary, { percent: 50, header: null })
      const meanwhile = await runs('api', 'canary', 'tides', '2', '--percent', '5', ...all)
      assert.match(meanwhile.stderr, /Release 3 of "tides" by \S+ is being tried as a canary.*release_conflict/)
      assert.match((await does('api', 'promote', 'tides')).stdout, /^Release 3 of tides is in force for everybody\.$/m)
      await does('api', 'canary', 'tides', '1', '--header', 'X-Version: old', ...all)
      assert.match((await does('api', 'canary', 'tides', '--stop')).stdout, /^The release in force of tides serves everybody again\.$/m)
      for (const line of [
        ['promote', 'tides'],
        ['canary', 'tides'],
        ['canary', 'tides', '--percent', '5'],
        ['canary', 'tides', '1', '--header', 'x'],
      ])
        assert.equal((await runs('api', ...line)).code, 2, line.join(' '))
    })

    test('a draft is put in staging, promoted as it is, and another release in its place', async () => {
      const place = [
        '--set',
        'staging.upstream.baseUrl=http://127.0.0.1:1/staging',
        '--set',
        'staging.upstream.header={"name":"x-s","value":"staging-secret-5678"}',
      ]
      await does('api', 'edit', 'tides', ...place)
      await does('api', 'edit', 'tides', '--set', 'staging.upstream.baseUrl=http://127.0.0.1:1/other')
      const draft = await answered<{ staging: unknown }>('api', 'draft', 'tides')
      assert.deepEqual(draft.staging, {
        upstream: {
          baseUrl: 'http://127.0.0.1:1/other',
          header: { name: 'x-s', lastFour: '5678' },
          basic: null,
          oauth: null,
          mutualTls: null,
          ca: null,
        },
        upstreams: null,
      })
      assert.match(
        (await does('api', 'publish', 'tides', '--staging', ...all)).stdout,
        /^Release 4 of tides is in staging at http:\S+\/staging\/acme\/tides\.$/m,
      )
      assert.match((await does('api', 'releases', 'tides')).stdout, /^ +4 +in staging .*\n +3 +in force/m)
      assert.match((await does('api', 'promote', 'tides', '--staging', ...all)).stdout, /^Release 4 of tides is in force for everybody\.$/m)
      const nowhere = await runs('api', 'stage', 'tides', '1')
      assert.match(nowhere.stderr, /\/staging: is missing/)
      assert.match((await does('api', 'stage', 'tides', '4', ...all)).stdout, /^Release 4 of tides is in staging at /m)
      assert.match((await does('api', 'stage', 'tides', '--clear')).stdout, /^Nothing of tides is in staging any more\.$/m)
      for (const line of [
        ['promote', 'tides', '--staging'],
        ['stage', 'tides'],
      ])
        assert.equal((await runs('api', ...line)).code, 2, line.join(' '))
      const key = await answered<{ id: string }>('key', 'create', '--staging')
      assert.match((await does('key', 'update', key.id, '--no-cap')).stdout, /all models; APIs in staging; no cap/)
      assert.match((await does('api', 'usage', 'tides', '--staging')).stdout, /^Nobody called it\.$/m)
    })

    test('what callers have is changed by two people, where that is wanted', async () => {
      assert.match((await does('api', 'approval', 'tides', '--on')).stdout, /^What callers of tides have is changed by two people\.$/m)
      await does('api', 'edit', 'tides', '--price', 'GET /tides/{coast} 0.03')
      const waits = /^(ar_\S+) waits for a second person\./
      const [, id = ''] = waits.exec((await does('api', 'publish', 'tides', ...all)).stdout) ?? []
      assert.match((await does('api', 'requests', 'tides')).stdout, new RegExp(`^${id} +publish +pending`, 'm'))
      assert.match((await runs('api', 'approve', 'tides', id)).stderr, /is your own: somebody else decides.*second_person_required/)
      assert.match((await runs('api', 'reject', 'tides', id, '--reason', 'no')).stderr, /second_person_required/)
      assert.equal((await runs('api', 'reject', 'tides', id)).code, 2)
      const [, end = ''] = waits.exec((await does('api', 'approval', 'tides', '--off')).stdout) ?? []
      const { token } = await answered<{ token: string }>('token', 'create', 'second', '--permission', 'apis:write')
      environment['FAREGATE_TOKEN'] = token
      await does('api', 'reject', 'tides', id, '--reason', 'too dear')
      assert.match((await does('api', 'approve', 'tides', end)).stdout, /is approved, and done\.$/m)
      delete environment['FAREGATE_TOKEN']
      assert.match((await does('api', 'approval', 'tides')).stdout, /is changed by one person\.$/m)
      await does('api', 'discard', 'tides')
    })

    test('an API is deprecated, retired and put back in service; who calls it is listed', async () => {
      const route = ['--route', 'GET /tides free']
      await does('api', 'add', 'tides-2', 'http://127.0.0.1:1', ...route)
      const gone = ['--successor', 'tides-2', '--link', 'https://tides.example/move']
      assert.match(
        (await does('api', 'deprecate', 'tides', '--sunset', '30d', ...gone)).stdout,
        /^tides is deprecated, until \S+; tides-2 takes its place\.$/m,
      )
      assert.match((await does('api', 'retire', 'tides')).stdout, /^tides is retired; tides-2 takes its place\.$/m)
      assert.match((await does('api', 'show', 'tides')).stdout, /^goes +retired since /m)
      assert.match((await does('api', 'callers', 'tides', '--from', '2020-01-01')).stdout, /^Nobody called it\.$/m)
      assert.match((await does('api', 'reinstate', 'tides')).stdout, /^tides stays\.$/m)
      for (const name of ['tides', 'tides-2']) await does('api', 'remove', name)
    })

    test('a model is deprecated, retired and put back in service', async () => {
      for (const name of ['old', 'new']) await does('model', 'add', name, 'demo/demo')
      assert.match(
        (await does('model', 'deprecate', 'old', '--sunset', '30d', '--successor', 'new')).stdout,
        /^old is deprecated, until \S+; new takes/,
      )
      assert.match((await does('model', 'retire', 'old')).stdout, /^old is retired; new takes its place\.$/m)
      assert.match((await does('model', 'reinstate', 'old')).stdout, /^old stays\.$/m)
      for (const name of ['old', 'new']) await does('model', 'remove', name)
    })

    test('what contradicts ends with 2', async () => {
      for (const line of [
        ['edit', 'tides', '--price', 'GET 1'],
        ['publish', 'tides', '--override', 'everything'],
      ])
        assert.equal((await runs('api', ...line)).code, 2, line.join(' '))
    })
  })
  publishedPrompts({ does, runs, answered }, folder)
  publishedModels({ does, runs, answered })
}
