import { BUCKETS, type Bucket } from '@faregate/core'
import { EXACT_PER_UNIT, ONE_NANO } from './exact.ts'
import { sharedNames } from './names.ts'
import type { Measure, TheirRow, UsageExport } from './usage-export.ts'

/** What we have of one day, provider and model. */
export interface OurRow {
  /** In the export's days. */
  day: string
  provider: string
  model: string
  /** Calls that used something. */
  used: number
  buckets: Partial<Record<Bucket, number>>
  /** In units of 1e-18; null: not known of any call. */
  cost: bigint | null
}

type What = Measure | 'cost'

/** `noted` decides nothing: calls are counted by other rules, and a cost that we do not know is none. */
type Result = 'ok' | 'differs' | 'only here' | 'only there' | 'noted'

/** One number, on both sides. Counts are whole, costs in units of 1e-18; null: this side has none. */
export interface Line {
  day: string
  /** Null: over all models. */
  model: string | null
  what: What
  ours: bigint | null
  theirs: bigint | null
  result: Result
}

export interface Comparison {
  lines: Line[]
  /** The same over all days and models, by what is counted. */
  totals: Line[]
}

export interface Compared {
  theirs: UsageExport
  ours: readonly OurRow[]
  /** In percent, in units of 1e-18. */
  tolerance: bigint
  /** Whether amounts are in one currency. */
  withCost: boolean
}

/** What one side has of a day and a model. */
interface Group {
  day: string
  model: string | null
  counts: Map<What, bigint>
  /** How many numbers a cost is the sum of. */
  rows: number
  /** Something was used here whose cost nobody knows. */
  costUnknown: boolean
}

const ORDER: readonly What[] = ['requests', ...BUCKETS, 'cost']

/** Compares our records with an export: day by day and model by model where it tells models apart, else day by day. */
export function compare(compared: Compared): Comparison {
  const { theirs, ours } = compared
  const keyOf = namesOf(compared)
  const lines: Line[] = []
  for (const byModel of [true, false]) {
    const rows = theirs.rows.filter(({ model }) => (model !== null) === byModel)
    const measures = ORDER.filter((what) => rows.some((row) => has(row, what, compared.withCost)))
    if (measures.length === 0) continue
    const there = groupsOf(
      rows,
      (row) => (byModel ? keyOf(row) : null),
      (row) => theirCounts(row),
    )
    const here = groupsOf(
      ours,
      (row) => (byModel ? keyOf(row) : null),
      (row) => ourCounts(row, theirs.covers),
    )
    lines.push(...linesOf(compared, measures, here, there))
  }
  return { lines: lines.toSorted(byDay), totals: totalsOf(compared, lines) }
}

/** By the provider as well, where the export names one. */
function namesOf({ theirs, ours }: Compared): (row: { model: string | null; provider?: string }) => string {
  const { modelKey = (name: string) => name } = theirs
  const models = [...ours.map(({ model }) => modelKey(model)), ...theirs.rows.flatMap(({ model }) => model ?? [])]
  const shared = sharedNames(models)
  const prefixed = theirs.rows.some(({ provider }) => provider !== undefined)
  return ({ model, provider = '?' }) => `${prefixed ? `${provider}/` : ''}${shared(modelKey(model ?? ''))}`
}

function has(row: TheirRow, what: What, withCost: boolean): boolean {
  return what === 'cost' ? withCost && row.cost !== undefined : row.counts[what] !== undefined
}

function theirCounts({ counts, cost }: TheirRow): Map<What, bigint> {
  const numbers = new Map<What, bigint>()
  for (const what of ORDER) {
    const count = what === 'cost' ? cost : counts[what]
    if (count !== undefined) numbers.set(what, BigInt(count))
  }
  return numbers
}

function ourCounts({ used, buckets, cost }: OurRow, covers: UsageExport['covers']): Map<What, bigint> {
  const numbers = new Map<What, bigint>([['requests', BigInt(used)]])
  for (const bucket of BUCKETS) {
    const covered = covers[bucket] ?? []
    numbers.set(
      bucket,
      covered.reduce((sum, one) => sum + BigInt(buckets[one] ?? 0), 0n),
    )
  }
  if (cost !== null) numbers.set('cost', cost)
  return numbers
}

function groupsOf<Row extends { day: string; cost?: bigint | null }>(
  rows: readonly Row[],
  modelOf: (row: Row) => string | null,
  countsOf: (row: Row) => Map<What, bigint>,
): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const model = modelOf(row)
    const key = JSON.stringify([row.day, model])
    const group = groups.get(key) ?? { day: row.day, model, counts: new Map<What, bigint>(), rows: 0, costUnknown: false }
    group.rows += 1
    if (row.cost === null) group.costUnknown = true
    for (const [what, count] of countsOf(row)) group.counts.set(what, (group.counts.get(what) ?? 0n) + count)
    groups.set(key, group)
  }
  return groups
}

function linesOf(compared: Compared, measures: readonly What[], here: Map<string, Group>, there: Map<string, Group>): Line[] {
  const lines: Line[] = []
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const [ours, theirs] = [here.get(key), there.get(key)].map((group) =>
      group !== undefined && isEmpty(group, measures) ? undefined : group,
    )
    const group = ours ?? theirs
    if (group === undefined) continue
    const rounded: Rounded = { ours: ours?.counts.get('requests') ?? 0n, theirs: BigInt(theirs?.rows ?? 0) }
    for (const what of measures) {
      const pair = { ours: numberOf(ours, what), theirs: numberOf(theirs, what) }
      if ((pair.ours ?? 0n) === 0n && (pair.theirs ?? 0n) === 0n) continue
      const result = ours === undefined ? 'only there' : theirs === undefined ? 'only here' : resultOf(compared, what, pair, rounded)
      lines.push({ day: group.day, model: group.model, what, ...pair, result })
    }
  }
  return lines
}

/** How many costs were rounded before they were summed. */
interface Rounded {
  ours: bigint
  theirs: bigint
}

function isEmpty({ counts, costUnknown }: Group, measures: readonly What[]): boolean {
  return measures.every((what) => (counts.get(what) ?? 0n) === 0n && !(what === 'cost' && costUnknown))
}

/** Where a side has the day and the model, what it does not count there is nothing; what a call cost can be unknown. */
function numberOf(group: Group | undefined, what: What): bigint | null {
  if (group === undefined) return null
  return group.counts.get(what) ?? (what === 'cost' ? null : 0n)
}

function resultOf(compared: Compared, what: What, { ours, theirs }: Pick<Line, 'ours' | 'theirs'>, rounded: Rounded): Result {
  if (ours === null || theirs === null) return 'noted'
  if (isNear(compared, what, ours, theirs, rounded)) return 'ok'
  return what === 'requests' ? 'noted' : 'differs'
}

/** Within the tolerance, and within what both sides round: the provider its lines, we each call up to a billionth. */
function isNear({ tolerance, theirs: { costUnit = 0n } }: Compared, what: What, ours: bigint, theirs: bigint, rounded: Rounded): boolean {
  const difference = ours > theirs ? ours - theirs : theirs - ours
  const larger = ours > theirs ? ours : theirs
  const rounding = what === 'cost' ? rounded.theirs * (costUnit / 2n) + rounded.ours * ONE_NANO : 0n
  return (difference - rounding) * 100n * EXACT_PER_UNIT <= tolerance * larger
}

/** Over everything that both sides could have had. */
function totalsOf(compared: Compared, lines: readonly Line[]): Line[] {
  const used = compared.ours.reduce((sum, row) => sum + row.used, 0)
  const rounded: Rounded = { ours: BigInt(used), theirs: BigInt(compared.theirs.rows.length) }
  return ORDER.flatMap((what) => {
    const same = lines.filter((line) => line.what === what)
    if (same.length === 0) return []
    const ours = same.reduce((sum, line) => sum + (line.ours ?? 0n), 0n)
    const theirs = same.reduce((sum, line) => sum + (line.theirs ?? 0n), 0n)
    return [{ day: 'total', model: null, what, ours, theirs, result: resultOf(compared, what, { ours, theirs }, rounded) }]
  })
}

function byDay(a: Line, b: Line): number {
  const [one, other] = [a, b].map(({ day, model, what }) =>
    [day, model ?? '\uffff', String(ORDER.indexOf(what)).padStart(2, '0')].join('\n'),
  )
  return one === other ? 0 : (one ?? '') < (other ?? '') ? -1 : 1
}
