import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findProvider } from '@pydantic/genai-prices'
import { CATALOGUE_RELEASE, loadCatalogue, type Rates } from '@faregate/pricing'
import { ratesOf } from '../src/catalogue-table.ts'
import { nanoOf } from '../src/nano-of.ts'

const catalogue = await loadCatalogue()
const at = (day: string): number => Date.parse(`${day}T12:00:00Z`)

function bases(rates: Rates | undefined): Record<string, bigint> {
  return Object.fromEntries(Object.entries(rates ?? {}).map(([bucket, rate]) => [bucket, rate.base]))
}

test('M1: floats become integers by their decimal text, rounded up beyond the nano-unit', () => {
  const cases: [number, bigint | undefined][] = [
    [0.15, 150_000_000n],
    [0.1, 100_000_000n],
    [0.003625, 3_625_000n],
    [5e-7, 500n],
    [1e-9, 1n],
    [1e21, 10n ** 30n],
    [180, 180_000_000_000n],
    [0, 0n],
    [1e-10, 1n],
    [1 / 12, 83_333_334n],
    [2 ** -1074, 1n],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ]
  for (const [value, nano] of cases) assert.equal(nanoOf(value), nano, String(value))
})

test('the release that the versions name is the one that is installed', () => {
  const installed = new URL('../package.json', import.meta.resolve('@pydantic/genai-prices'))
  const { version } = JSON.parse(readFileSync(installed, 'utf8')) as { version: string }
  assert.equal(version, CATALOGUE_RELEASE.package, 'set CATALOGUE_RELEASE to the release that is installed, and its date')
  assert.equal(catalogue.version, CATALOGUE_RELEASE.date)
})

test('a model is found by vendor and name, with the version of its prices', () => {
  const table = catalogue.find('openai', 'gpt-5-nano', at('2026-11-01'))
  assert.deepEqual(bases(table?.rates), { input: 50_000_000n, cacheRead: 5_000_000n, output: 400_000_000n, search: 10_000_000_000_000n })
  assert.equal(table?.version, `catalogue:${CATALOGUE_RELEASE.date}`)
})

test('what is unknown has no table, and no price of another vendor', () => {
  assert.equal(catalogue.find('openai', 'no-such-model', at('2026-11-01')), undefined)
  assert.equal(catalogue.find('no-such-vendor', 'gpt-5-nano', at('2026-11-01')), undefined)
})

test('a price that changed on a day is the one of the day asked for, and the version tells them apart', () => {
  const before = catalogue.find('openai', 'o3', at('2025-06-09'))
  const after = catalogue.find('openai', 'o3', at('2025-06-10'))
  assert.equal(before?.rates.input?.base, 10_000_000_000n)
  assert.equal(after?.rates.input?.base, 2_000_000_000n)
  assert.notEqual(before?.version, after?.version)
  assert.match(after?.version ?? '', /from-2025-06-10$/)
})

test('a price that follows the hours of the day does so', () => {
  const day = Date.parse('2026-06-01T00:00:00Z')
  const offPeak = catalogue.find('deepseek', 'deepseek-chat', day + 29 * 60_000)
  const peak = catalogue.find('deepseek', 'deepseek-chat', day + 30 * 60_000)
  assert.equal(offPeak?.rates.output?.base, 550_000_000n)
  assert.equal(peak?.rates.output?.base, 1_100_000_000n)
  assert.notEqual(offPeak?.version, peak?.version)
})

test('a tier of the package begins beyond its start', () => {
  const input = catalogue.find('google', 'gemini-2.5-pro', at('2026-11-01'))?.rates.input
  assert.deepEqual(input, { base: 1_250_000_000n, tiers: [{ from: 200_001, rate: 2_500_000_000n }] })
})

test('every price in the package that is by the token, or by the hour of audio, can be read', () => {
  let models = 0
  for (const providerId of [
    'openai',
    'anthropic',
    'google',
    'mistral',
    'cohere',
    'deepseek',
    'x-ai',
    'groq',
    'openrouter',
    'aws',
    'azure',
    'together',
  ]) {
    for (const model of findProvider({ providerId })?.models ?? []) {
      const all = Array.isArray(model.prices) ? model.prices.map(({ prices }) => prices) : [model.prices]
      for (const prices of all) {
        const metered = ['input_mtok', 'output_mtok', 'input_audio_hours', 'output_image_mtok'].some((name) => prices[name] !== undefined)
        assert.equal(ratesOf(prices) !== undefined, metered, `${providerId}/${model.id}`)
      }
      models += 1
    }
  }
  assert.ok(models > 500, `only ${models} models were seen`)
})

test('a fee per request of the package is per request here', () => {
  assert.deepEqual(bases(ratesOf({ input_mtok: 1, requests_kcount: 5 })), { input: 1_000_000_000n, request: 5_000_000n * 1_000_000n })
})

test('U7: hours of audio are priced by the second, searches each', () => {
  assert.deepEqual(bases(catalogue.find('openai', 'whisper-1', at('2026-11-01'))?.rates), { second: 100_000_000_000n })
  const rates = ratesOf({ input_mtok: 1, output_mtok: 2, web_searches_kcount: 10, input_audio_hours: 0.111 })
  assert.deepEqual(bases(rates), {
    input: 1_000_000_000n,
    output: 2_000_000_000n,
    search: 10_000_000_000_000n,
    second: 30_833_333_334n,
  })
})

test('images that a model makes have a price of their own, which is that of all output where there is no other', () => {
  assert.deepEqual(bases(ratesOf({ output_mtok: 10, output_image_mtok: 32 })), { output: 10_000_000_000n, imageOut: 32_000_000_000n })
  assert.deepEqual(bases(ratesOf({ output_image_mtok: 8 })), { output: 8_000_000_000n, imageOut: 8_000_000_000n })
})

test('a model that is billed by something that is not metered has no table', () => {
  assert.equal(ratesOf({ ocr_pages_kcount: 1 }), undefined)
  assert.equal(ratesOf({}), undefined)
})

test('facts of a model: context, longest answer, whether it reasons', () => {
  assert.deepEqual(catalogue.facts('openai', 'gpt-5-nano-2025-08-07'), { contextWindow: 400_000, maxOutput: 128_000, reasoning: true })
  assert.equal(catalogue.facts('openai', 'gpt-4o-mini').reasoning, false)
  assert.equal(catalogue.facts('anthropic', 'claude-sonnet-4-5').contextWindow, 200_000)
  assert.deepEqual(catalogue.facts('no-such-vendor', 'x'), {})
})

test('OpenAI writes its cache unasked; Anthropic when it is asked', () => {
  assert.equal(catalogue.find('openai', 'gpt-6-sol', at('2026-11-01'))?.automaticCacheWrite, true)
  assert.equal(catalogue.find('anthropic', 'claude-sonnet-4-5', at('2026-11-01'))?.automaticCacheWrite, undefined)
})

test('the overlay wins from its day on, the latest entry first', async () => {
  const entry = (from: string, input: string) => ({
    priceKey: 'openai',
    model: 'gpt-5-nano',
    from,
    source: 'https://vendor.example/prices',
    price: { input, output: '1' },
    facts: { maxOutput: 7 },
  })
  const overlaid = await loadCatalogue({ overlay: [entry('2026-10-10', '9'), entry('2026-10-01', '3')] })
  assert.equal(overlaid.find('openai', 'gpt-5-nano', at('2026-09-30'))?.rates.input?.base, 50_000_000n)
  assert.equal(overlaid.find('openai', 'gpt-5-nano', at('2026-10-01'))?.rates.input?.base, 3_000_000_000n)
  assert.equal(overlaid.find('openai', 'gpt-5-nano', at('2026-10-10'))?.version, 'overlay:2026-10-10')
  assert.equal(overlaid.facts('openai', 'gpt-5-nano').maxOutput, 7)
  assert.equal(overlaid.find('openai', 'gpt-5', at('2026-10-10'))?.rates.input?.base, 1_250_000_000n)
})
