import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calcPrice, findProvider } from '@pydantic/genai-prices'
import { loadCatalogue, parseSchedule, scheduleFingerprint, scheduleText, type PriceSchedule } from '@faregate/pricing'
import { scheduleOf } from '../src/catalogue-schedule.ts'
import { ratesOf } from '../src/catalogue-table.ts'
import { priceAt, turningPoints } from '../src/schedule.ts'

const at = (text: string): number => Date.parse(text)
const input = (rate: bigint) => ({ input: { base: rate, tiers: [] } })
const inputAt = (schedule: PriceSchedule, time: string) => priceAt(schedule, at(time))?.rates.input?.base

const NIGHT: PriceSchedule = [
  { version: 'a', rates: input(5n) },
  { version: 'b', when: { from: at('2026-11-01T00:00:00Z') }, rates: input(7n) },
  { version: 'c', when: { daily: { from: 22 * 3600, to: 6 * 3600 } }, rates: input(3n) },
]

test('of the entries that hold, the last one counts; the hours of a day may go past midnight', () => {
  const cases: [string, bigint][] = [
    ['2026-10-31T21:59:59.999Z', 5n],
    ['2026-10-31T22:00:00Z', 3n],
    ['2026-11-01T05:59:59.999Z', 3n],
    ['2026-11-01T06:00:00Z', 7n],
    ['2026-11-01T23:00:00Z', 3n],
  ]
  for (const [time, expected] of cases) assert.equal(inputAt(NIGHT, time), expected, time)
})

test('where none holds, the first counts; without prices there is no table', () => {
  const later: PriceSchedule = [{ version: 'a', when: { from: at('2027-01-01T00:00:00Z') }, rates: input(1n) }]
  assert.equal(inputAt(later, '2026-11-01T00:00:00Z'), 1n)
  assert.equal(priceAt([{ version: 'a' }], 0), undefined)
  assert.equal(priceAt([], 0), undefined)
})

test('a schedule can change when a price begins, and at its hours on that day and today', () => {
  const now = at('2026-10-20T12:00:00Z')
  assert.deepEqual(
    turningPoints([NIGHT], now).map((point) => new Date(point).toISOString().slice(0, 16)),
    ['2026-10-20T12:00', '2026-10-20T22:00', '2026-10-21T06:00', '2026-11-01T00:00', '2026-11-01T06:00', '2026-11-01T22:00'],
  )
})

test('as text and back a schedule is the same, and its fingerprint tells other prices, not other names', () => {
  assert.deepEqual(parseSchedule(scheduleText(NIGHT)), NIGHT)
  const renamed = NIGHT.map((entry) => ({ ...entry, version: 'x' }))
  assert.equal(scheduleFingerprint(renamed), scheduleFingerprint(NIGHT))
  assert.notEqual(scheduleFingerprint(NIGHT.slice(0, 2)), scheduleFingerprint(NIGHT))
  const dearer = NIGHT.map((entry) => ({ ...entry, rates: input(9n) }))
  assert.notEqual(scheduleFingerprint(dearer), scheduleFingerprint(NIGHT))
})

test('hours with an offset are those of UTC; a condition that nobody knows leaves the model without a price', () => {
  const hours = (start_time: string, end_time: string) => [
    { prices: { input_mtok: 2 } },
    { constraint: { type: 'time_of_date', start_time, end_time } as const, prices: { input_mtok: 1 } },
  ]
  assert.deepEqual(scheduleOf(hours('01:00:00+02:00', '03:30:00-01:00'), 'v')?.[1]?.when, { daily: { from: 23 * 3600, to: 4.5 * 3600 } })
  assert.equal(scheduleOf(hours('noon', '03:00:00Z'), 'v'), undefined)
})

test('every conditional price of the package holds here when it holds there', async () => {
  const catalogue = await loadCatalogue()
  const times = ['2025-01-01T00:00:00Z', '2025-06-10T00:00:00Z', '2026-08-17T02:30:00Z', '2026-10-05T09:59:59Z', '2026-11-22T17:00:00Z']
  let compared = 0
  for (const providerId of ['openai', 'anthropic', 'google', 'deepseek', 'openrouter', 'x-ai', 'mistral', 'groq']) {
    for (const model of findProvider({ providerId })?.models ?? []) {
      if (!Array.isArray(model.prices)) continue
      for (const time of times) {
        const there = calcPrice({}, model.id, { providerId, timestamp: new Date(time) })
        if (there === null || there.model !== model) continue
        const here = catalogue.find(providerId, model.id, at(time))
        assert.deepEqual(here?.rates, ratesOf(there.model_price), `${providerId}/${model.id} at ${time}`)
        compared += 1
      }
    }
  }
  assert.ok(compared > 50, `only ${compared} were compared`)
})
