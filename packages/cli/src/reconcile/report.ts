import { table, type Cell } from '../output.ts'
import type { Comparison, Line } from './compare.ts'
import { exactText } from './exact.ts'
import type { Days, OurUsage } from './ours.ts'
import type { UsageExport } from './usage-export.ts'

/** Everything that is said of a comparison. */
export interface Report {
  theirs: UsageExport
  ours: OurUsage
  providers: readonly string[]
  days: Days
  comparison: Comparison
  /** The day that is not over. */
  today: string
}

const COLUMNS = ['day', 'model', 'what', 'ours', 'theirs', 'difference', 'result']

/** Lines that decide, and do not agree. */
export function apart({ lines }: Comparison): Line[] {
  return lines.filter(({ result, what }) => result !== 'ok' && result !== 'noted' && what !== 'requests')
}

/** For people: a table, what differences can mean, and the verdict. */
export function reportText(report: Report): string {
  const { lines, totals } = report.comparison
  const notes = notesOf(report).map((note) => `- ${note}`)
  return [table(COLUMNS, [...lines, ...totals].map(cellsOf), 'Nothing was used on either side.'), '', ...notes, verdictOf(report)].join(
    '\n',
  )
}

/** For machines. Counts are numbers, costs decimal text. */
export function reportValue(report: Report): unknown {
  const { theirs, ours, providers, days, comparison } = report
  const { rows: _rows, ...facts } = ours
  return {
    export: theirs.title,
    providers,
    ...days,
    ok: apart(comparison).length === 0,
    lines: comparison.lines.map(lineValue),
    totals: comparison.totals.map(lineValue),
    ours: facts,
    notes: notesOf(report),
  }
}

function lineValue({ day, model, what, ours, theirs, result }: Line) {
  const value = (number: bigint | null) => (number === null ? null : what === 'cost' ? exactText(number) : Number(number))
  return { day, model, what, ours: value(ours), theirs: value(theirs), difference: value(differenceOf(ours, theirs)), result }
}

function cellsOf({ day, model, what, ours, theirs, result }: Line): Cell[] {
  const shown = (number: bigint | null) => (number === null ? null : what === 'cost' ? exactText(number) : String(number))
  return [day, day === 'total' ? '' : (model ?? 'all'), what, shown(ours), shown(theirs), shown(differenceOf(ours, theirs)), result]
}

/** Above zero where the provider counts more. */
function differenceOf(ours: bigint | null, theirs: bigint | null): bigint | null {
  return ours === null && theirs === null ? null : (theirs ?? 0n) - (ours ?? 0n)
}

function verdictOf({ comparison, theirs, days }: Report): string {
  const wrong = apart(comparison)
  const span = `${theirs.title}, ${days.from} to before ${days.to}`
  const judged = comparison.lines.filter(({ what }) => what !== 'requests').length
  if (judged === 0) return `There was nothing to compare (${span}).`
  return wrong.length === 0
    ? `Our records agree with the export (${span}).`
    : `${wrong.length} of ${judged} numbers do not agree (${span}).`
}

/** What is to be known, and what the differences that there are can mean. */
function notesOf({ theirs, ours, comparison, days, today }: Report): string[] {
  const wrong = apart(comparison)
  const some = (result: Line['result']): boolean => wrong.some((line) => line.result === result)
  const notes = [...theirs.notes]
  const known: [boolean, string][] = [
    [days.to > today, `${today} is not over: what comes later is on neither side yet, and exports lag.`],
    [
      ours.estimated > 0,
      `Of our ${ours.used} calls ${ours.estimated} were counted by us, because the provider's usage did not arrive: it can have counted otherwise.`,
    ],
    [
      ours.calls > ours.used,
      `${ours.calls - ours.used} calls failed or were broken off without any usage: a provider can bill those nevertheless.`,
    ],
    [
      ours.unpriced > 0 && comparison.lines.some(({ what }) => what === 'cost'),
      `The provider's price of ${ours.unpriced} calls is not known: their cost is missing on our side.`,
    ],
    [
      theirs.currency !== undefined && theirs.currency !== ours.currency,
      `The export is in ${theirs.currency}, the gateway counts in ${ours.currency}: costs are not compared.`,
    ],
    [
      shifted(comparison),
      'Over all days the numbers agree: requests in flight over midnight count on one day here, where they began, and on another there.',
    ],
    [
      some('only there'),
      'Only there: the same account or key is used elsewhere as well, or our records are older than `retention.days` and gone.',
    ],
    [some('only here'), 'Only here: the export is of another account or of fewer days, or the provider has not counted everything yet.'],
    [
      onlyCost(wrong),
      'The counts agree, the costs do not: the price in force is not what the provider takes (faregate price list, faregate price pending), or a discount applies.',
    ],
    [
      wrong.some(({ result, what }) => result === 'differs' && what !== 'cost'),
      'Differs: the same key is used elsewhere as well, or requests were in flight over midnight; `faregate requests --model …` shows ours one by one.',
    ],
  ]
  for (const [applies, note] of known) if (applies) notes.push(note)
  return notes
}

/** Days differ, and their sum does not. */
function shifted({ lines, totals }: Comparison): boolean {
  const wrong = lines.filter(({ result, what }) => result === 'differs' && what !== 'cost')
  return wrong.length > 0 && wrong.every(({ what }) => totals.some((total) => total.what === what && total.result === 'ok'))
}

function onlyCost(wrong: readonly Line[]): boolean {
  return wrong.length > 0 && wrong.every(({ what, result }) => what === 'cost' && result === 'differs')
}
