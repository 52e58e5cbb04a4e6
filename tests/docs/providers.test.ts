import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { vendors } from '@faregate/providers'
import { CALLERS_SURFACES, FAMILIES, servedBy } from '../../tools/docs/vendors/carriage.ts'
import { GUIDES } from '../../tools/docs/vendors/guides.ts'
import { quirkSentences, REFUSED_WORDS } from '../../tools/docs/vendors/words.ts'
import { ROOT } from '../support/gateway.ts'
import { anchorsOf, linksOf } from './markdown.ts'
import { read } from './pages.ts'

const PAGE = read('docs/reference/providers.md')
const ALL = [...vendors.values()]

/** The vendors that a guide is promised for. */
const NAMED =
  'openai anthropic google mistral ollama llamacpp vllm groq together fireworks cohere bedrock azure vertex deepseek xai openrouter perplexity moonshot alibaba huggingface nvidia cerebras'

describe('the page of providers', () => {
  it('has a section for every kind, and for no other', () => {
    const sections = [...PAGE.matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? '')
    assert.deepEqual(
      sections,
      ALL.map(({ kind }) => kind),
    )
    for (const section of sections) assert.ok(anchorsOf(PAGE).has(section), section)
  })

  it('has words for everything that a vendor does not take', () => {
    const refused = ALL.flatMap(({ quirks }) => quirks?.refuses ?? [])
    assert.ok(refused.length >= 20)
    assert.deepEqual(
      [...new Set(refused)].filter((name) => !(name in REFUSED_WORDS)),
      [],
    )
  })

  it('says of a quirk what it means', () => {
    assert.deepEqual(
      quirkSentences({ noDeveloperRole: true, noStreamOptions: false, renames: { seed: 'random_seed' }, refuses: ['topK', 'seed'] }),
      ['The role `developer` is sent as `system`.', '`seed` is sent as `random_seed`.', 'It takes no top-k, seeds.'],
    )
  })

  it('knows a model of each family where the dialect goes by the model', () => {
    assert.deepEqual(
      ALL.filter(({ dialectsOf }) => dialectsOf !== undefined).map(({ kind }) => kind),
      Object.keys(FAMILIES),
    )
    for (const [kind, families] of Object.entries(FAMILIES)) {
      const vendor = vendors.get(kind)
      const dialects = Object.values(families).map((model) => vendor?.dialectsOf?.(model)[0])
      assert.equal(new Set(dialects).size, dialects.length, kind)
    }
  })

  it('every surface has vendors to whom it passes through or for whom it is translated; every vendor speaks at some', () => {
    const served = servedBy(ALL)
    for (const { dialect, carriage } of CALLERS_SURFACES)
      assert.ok(
        served.some(({ vendor, model }) => ['passes', 'translated'].includes(carriage(vendor, model))),
        dialect,
      )
    for (const { label, vendor, model } of served)
      assert.ok(
        CALLERS_SURFACES.some(({ carriage }) => ['passes', 'translated'].includes(carriage(vendor, model))),
        label,
      )
  })

  it('tells who is called in which words as it was when this was written', () => {
    const row = (route: string): string[] =>
      (PAGE.split('\n').find((line) => line.includes(`\`${route}\``)) ?? '').split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, ''))
    assert.deepEqual(row('POST /v1/messages').slice(1), ['`anthropic`, `vertex` (Claude)', 'all others', '–'])
    assert.deepEqual(row('POST /v1/messages/count_tokens').slice(3), ['all others: the gateway counts itself'])
    assert.match(row('POST /v1/embeddings')[2] ?? '', /`google`, `cohere`/)
    assert.equal(row('POST /v1/audio/speech')[2], '–')
  })
})

describe('guides to vendors', () => {
  it('every named vendor has one, each of its own', () => {
    assert.deepEqual(GUIDES.map(({ kind }) => kind).toSorted(), NAMED.split(' ').toSorted())
    assert.equal(new Set(GUIDES.map(({ name }) => name)).size, GUIDES.length)
    for (const { name } of GUIDES) assert.ok(existsSync(join(ROOT, `docs/guides/vendors/${name}.md`)), name)
  })

  for (const page of ['docs/guides/vendors/README.md', 'docs/guides/connect-a-provider.md']) {
    it(`${page} lists them all`, () => {
      const linked = new Set(linksOf(read(page)).map((link) => link.replace('vendors/', '')))
      assert.deepEqual(
        GUIDES.filter(({ name }) => !linked.has(`${name}.md`)),
        [],
      )
    })
  }

  it('each takes the key from the variable that connects the vendor, where one does', () => {
    for (const { kind, key } of GUIDES) {
      const variable = vendors.get(kind)?.environmentVariable
      if (variable !== undefined) assert.equal(key?.variable, variable, kind)
      assert.equal(key === undefined, vendors.get(kind)?.keyless === true, kind)
    }
  })

  it('each shows the address as a variable whose default is the default of the vendor', () => {
    for (const { name, kind, addressVariable, address } of GUIDES) {
      const { defaultBaseUrl } = vendors.get(kind) ?? {}
      assert.equal(address === undefined, defaultBaseUrl !== undefined, name)
      assert.ok(read(`docs/guides/vendors/${name}.md`).includes(`baseUrl: \${${addressVariable}:-${defaultBaseUrl ?? address}}`), name)
    }
  })
})
