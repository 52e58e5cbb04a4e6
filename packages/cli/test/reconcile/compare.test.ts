import assert from 'node:assert/strict'
import { test } from 'node:test'
import { combine } from '../../src/reconcile/combine.ts'
import { compare, type OurRow } from '../../src/reconcile/compare.ts'
import { countOf, EXACT_CENT, exactOf, exactText } from '../../src/reconcile/exact.ts'
import { sharedNames } from '../../src/reconcile/names.ts'
import { apart, reportText, reportValue, type Report } from '../../src/reconcile/report.ts'
import { ALL_INPUT, type TheirRow, type UsageExport } from '../../src/reconcile/usage-export.ts'

const DAY = '2026-11-21'

const ours = (more: Partial<OurRow> = {}): OurRow => ({
  day: DAY,
  provider: 'openai',
  model: 'm',
  used: 2,
  buckets: { input: 10, output: 5 },
  cost: exactOf('0.5') ?? null,
  ...more,
})
const theirs = (more: Partial<TheirRow> = {}): TheirRow => ({
  day: DAY,
  model: 'm',
  counts: { requests: 2, input: 10, output: 5 },
  ...more,
})
const asExport = (rows: TheirRow[], more: Partial<UsageExport> = {}): UsageExport => ({
  title: 'An export',
  rows,
  covers: { input: ['input'], output: ['output'] },
  notes: [],
  ...more,
})

/** Every line as `day model what ours theirs result`. */
function lines(one: OurRow[], other: UsageExport, more: { tolerance?: string; withCost?: boolean } = {}): string[] {
  const tolerance = exactOf(more.tolerance ?? '0') ?? 0n
  return compare({ theirs: other, ours: one, tolerance, withCost: more.withCost ?? true }).lines.map((line) =>
    [line.day.slice(-2), line.model ?? 'all', line.what, line.ours ?? '–', line.theirs ?? '–', line.result].join(' '),
  )
}

test('numbers of each day and model stand side by side, and agree or differ', () => {
  const other = asExport([theirs(), theirs({ day: '2026-11-22', counts: { requests: 1, input: 7, output: 0 } })])
  assert.deepEqual(lines([ours(), ours({ day: '2026-11-22', used: 1, buckets: { input: 8 } })], other), [
    '21 m requests 2 2 ok',
    '21 m input 10 10 ok',
    '21 m output 5 5 ok',
    '22 m requests 1 1 ok',
    '22 m input 8 7 differs',
  ])
})

test('what one side alone has is named so, line by line; what is nothing on both is left out', () => {
  const other = asExport([theirs({ model: 'theirs' }), theirs({ model: 'm', day: '2026-11-22', counts: { input: 0, output: 0 } })])
  assert.deepEqual(lines([ours(), ours({ model: 'idle', used: 1, buckets: { image: 1 } })], other), [
    '21 idle requests 1 – only here',
    '21 m requests 2 – only here',
    '21 m input 10 – only here',
    '21 m output 5 – only here',
    '21 theirs requests – 2 only there',
    '21 theirs input – 10 only there',
    '21 theirs output – 5 only there',
  ])
})

test('other counts of calls are noted, and decide nothing', () => {
  const other = asExport([theirs({ counts: { requests: 3, input: 10, output: 5 } })])
  assert.deepEqual(lines([ours()], other)[0], '21 m requests 2 3 noted')
  assert.deepEqual(apart(compare({ theirs: other, ours: [ours()], tolerance: 0n, withCost: true })), [])
})

test('buckets that the vendor lumps together are compared as one', () => {
  const other = asExport([theirs({ counts: { input: 30 } })], { covers: { input: ALL_INPUT } })
  assert.deepEqual(lines([ours({ buckets: { input: 10, cacheRead: 15, cacheWrite1h: 5, output: 7 } })], other), ['21 m input 30 30 ok'])
})

test('a tolerance is a share of the larger number, to the last digit', () => {
  const other = (input: number) => asExport([theirs({ counts: { input } })])
  const result = (input: number, tolerance: string) =>
    lines([ours({ buckets: { input: 1000 } })], other(input), { tolerance })[0]
      ?.split(' ')
      .at(-1)
  assert.deepEqual([result(995, '0.5'), result(994, '0.5'), result(1005, '0.5'), result(1006, '0.5')], ['ok', 'differs', 'ok', 'differs'])
})

test('costs agree within what is rounded: lines of the provider by its unit, calls of ours by a billionth', () => {
  const cost = (text: string) => exactOf(text) ?? 0n
  const result = (theirCost: string, more: Partial<UsageExport> = {}) =>
    lines([ours()], asExport([theirs({ counts: {}, cost: cost(theirCost) })], more))[0]
      ?.split(' ')
      .at(-1)
  assert.deepEqual([result('0.499999998'), result('0.499999997')], ['ok', 'differs'])
  assert.deepEqual([result('0.504', { costUnit: EXACT_CENT }), result('0.506', { costUnit: EXACT_CENT })], ['ok', 'differs'])
  assert.deepEqual(lines([ours()], asExport([theirs({ counts: {}, cost: 1n })]), { withCost: false }), [])
})

test('a cost that we do not know is noted, not taken for nothing', () => {
  const other = asExport([theirs({ counts: {}, cost: exactOf('1') ?? 0n })])
  assert.match(lines([ours({ cost: null })], other).join(), /cost – 1000000000000000000 noted/)
})

test('what is told without a model is compared over all of them, beside what is told by model', () => {
  const other = asExport([theirs(), theirs({ model: 'n' }), { day: DAY, model: null, counts: {}, cost: exactOf('1') ?? 0n }])
  const found = lines([ours(), ours({ model: 'n' })], other)
  assert.equal(found.at(-1), `21 all cost ${exactOf('1')} ${exactOf('1')} ok`)
  assert.ok(!found.some((line) => line.includes('m cost')), 'no cost of a model is asked for')
})

test('the dated name of a model is its alias where one side calls it so; two dates are two models', () => {
  const cases: [names: string[], shared: string[]][] = [
    [
      ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
      ['gpt-4o-mini', 'gpt-4o-mini'],
    ],
    [
      ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
      ['claude-haiku-4-5', 'claude-haiku-4-5'],
    ],
    [
      ['claude-3-5-haiku-latest', 'claude-3-5-haiku-20241022'],
      ['claude-3-5-haiku', 'claude-3-5-haiku'],
    ],
    [
      ['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06'],
      ['gpt-4o-20240513', 'gpt-4o-20240806'],
    ],
    [
      ['x-2024-10-22', 'x-20241022'],
      ['x-20241022', 'x-20241022'],
    ],
    [
      ['openai/gpt-5-nano', 'openai/gpt-5-nano-2025-08-07'],
      ['openai/gpt-5-nano', 'openai/gpt-5-nano'],
    ],
    [['llama-3.1-8b'], ['llama-3.1-8b']],
  ]
  for (const [names, expected] of cases) assert.deepEqual(names.map(sharedNames(names)), expected)
  assert.deepEqual(
    lines([ours({ model: 'm-2024-07-18' })], asExport([theirs()])).map((line) => line.split(' ').at(-1)),
    ['ok', 'ok', 'ok'],
  )
})

test('models of two providers are told apart where the export names them', () => {
  const other = asExport([theirs({ provider: 'a' }), theirs({ provider: 'b', counts: { input: 1 } })])
  const found = lines([ours({ provider: 'a' }), ours({ provider: 'b', buckets: { input: 1 } })], other)
  assert.ok(found.includes('21 a/m input 10 10 ok') && found.includes('21 b/m input 1 1 ok'), found.join('\n'))
})

test('usage and costs of one account are one export; of two accounts they are not', () => {
  const usage = asExport([theirs()], { kinds: ['openai'] })
  const costs = asExport([theirs({ counts: {}, cost: 1n })], { kinds: ['openai'], covers: {}, currency: 'USD', title: 'Costs' })
  assert.deepEqual([combine([usage, costs]).rows.length, combine([usage, costs]).title], [2, 'An export and Costs'])
  assert.throws(() => combine([usage, { ...costs, kinds: ['anthropic'] }]), /cannot be compared together/)
  assert.throws(() => combine([costs, { ...costs, currency: 'EUR' }]), /cannot be compared together/)
  assert.throws(() => combine([usage, { ...usage, covers: { input: ALL_INPUT } }]), /cannot be compared together/)
})

function report(one: OurRow[], other: UsageExport, more: Partial<Report['ours']> = {}): Report {
  const facts = { rows: one, currency: 'USD', calls: 4, used: 4, estimated: 0, unpriced: 0, ...more }
  const comparison = compare({ theirs: other, ours: one, tolerance: 0n, withCost: true })
  return { theirs: other, ours: facts, providers: ['openai'], days: { from: DAY, to: '2026-11-23' }, comparison, today: '2026-11-30' }
}

test('the report ends with the verdict; what is estimated, failed or unpriced is said with its number', () => {
  const withCost = asExport([theirs({ cost: exactOf('0.5') ?? 0n })])
  const text = reportText(report([ours()], withCost, { calls: 7, used: 4, estimated: 1, unpriced: 2 }))
  assert.match(text, /^DAY +MODEL +WHAT +OURS +THEIRS +DIFFERENCE +RESULT$/m)
  assert.match(text, /^2026-11-21 +m +input +10 +10 +0 +ok$/m)
  assert.match(text, /^total +input +10 +10 +0 +ok$/m)
  assert.match(text, /Of our 4 calls 1 were counted by us/)
  assert.match(text, /3 calls failed or were broken off/)
  assert.match(text, /price of 2 calls is not known/)
  assert.doesNotMatch(reportText(report([ours()], asExport([theirs()]), { unpriced: 2 })), /is not known/)
  assert.match(text, /\nOur records agree with the export \(An export, 2026-11-21 to before 2026-11-23\)\.$/)
})

test('a difference that the next day makes up for is called what it is', () => {
  const rows = [theirs({ counts: { input: 8 } }), theirs({ day: '2026-11-22', counts: { input: 12 } })]
  const found = report([ours(), ours({ day: '2026-11-22' })], asExport(rows, { covers: { input: ['input'] } }))
  assert.match(reportText(found), /Over all days the numbers agree: requests in flight over midnight/)
  assert.match(reportText(found), /2 of 2 numbers do not agree/)
})

test('each kind of difference says what it can mean', () => {
  const cases: [RegExp, OurRow[], UsageExport][] = [
    [/Only there: the same account or key is used elsewhere/, [], asExport([theirs()])],
    [/Only here: the export is of another account or of fewer days/, [ours(), ours({ model: 'z' })], asExport([theirs()])],
    [/The counts agree, the costs do not/, [ours()], asExport([theirs({ cost: exactOf('2') ?? 0n })])],
    [
      /Differs: the same key is used elsewhere as well, or requests were in flight over midnight/,
      [ours()],
      asExport([theirs({ counts: { input: 9 } })]),
    ],
    [/The export is in EUR, the gateway counts in USD/, [ours()], asExport([theirs()], { currency: 'EUR' })],
  ]
  for (const [said, one, other] of cases) assert.match(reportText(report(one, other)), said)
  assert.match(reportText({ ...report([ours()], asExport([theirs()])), today: '2026-11-22' }), /2026-11-22 is not over/)
})

test('for machines: counts as numbers, costs as exact text, and whether it agrees', () => {
  const value = reportValue(report([ours()], asExport([theirs({ cost: exactOf('0.7500000004') ?? 0n })]))) as {
    ok: boolean
    lines: Record<string, unknown>[]
    ours: object
  }
  assert.equal(value.ok, false)
  assert.deepEqual(value.lines.at(-1), {
    day: DAY,
    model: 'm',
    what: 'cost',
    ours: '0.50',
    theirs: '0.75',
    difference: '0.25',
    result: 'differs',
  })
  assert.deepEqual(value.lines[1], { day: DAY, model: 'm', what: 'input', ours: 10, theirs: 10, difference: 0, result: 'ok' })
  assert.deepEqual(value.ours, { currency: 'USD', calls: 4, used: 4, estimated: 0, unpriced: 0 })
})

test('amounts and counts are read as providers write them, and nothing else', () => {
  const amounts: [string, string | undefined][] = [
    ['0.8958740000000000', '0.895874'],
    ['1.2e-7', '0.00000012'],
    ['-0.5', '-0.50'],
    ['5', '5.00'],
    ['1E+2', '100.00'],
    ['0.0000000004', '0.00'],
    ['0.0000000005', '0.000000001'],
    ['', undefined],
    ['1,5', undefined],
    ['$1', undefined],
  ]
  for (const [text, expected] of amounts) {
    const exact = exactOf(text)
    assert.equal(exact === undefined ? undefined : exactText(exact), expected, text)
  }
  const counts: [string, number | undefined][] = [
    ['10', 10],
    ['10.0', 10],
    ['1,234,567', 1_234_567],
    ['1,23', undefined],
    ['1.5', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['99999999999999999', undefined],
  ]
  for (const [text, expected] of counts) assert.equal(countOf(text), expected, text)
})
