import { Failure, UsageError, type Call, type Command } from '../command.ts'
import { compare } from '../reconcile/compare.ts'
import { exactOf } from '../reconcile/exact.ts'
import { combine } from '../reconcile/combine.ts'
import { nextDay, ourUsage, providersOf, type Days } from '../reconcile/ours.ts'
import { readExport } from '../reconcile/read-export.ts'
import { apart, reportText, reportValue, type Report } from '../reconcile/report.ts'
import type { UsageExport } from '../reconcile/usage-export.ts'

const reconcile: Command = {
  name: 'reconcile',
  summary: "Compare our records with a provider's usage export, by model and day; ends with 1 where they differ",
  args: ['<file...>'],
  options: [
    { flags: '--provider <name>', summary: 'whose export it is (the providers of its kind)' },
    { flags: '--from <day>', summary: 'from this day on (the first of the export)' },
    { flags: '--to <day>', summary: 'before this day (the day after the last of the export)' },
    { flags: '--tolerance <percent>', summary: 'how far numbers may differ and still agree (0)' },
  ],
  async run(call) {
    const tolerance = toleranceOf(call)
    const whole = combine(await Promise.all(call.args.map((file) => readExport(file))))
    const days = daysOf(call, whole)
    const theirs = { ...whole, rows: whole.rows.filter(({ day }) => day >= days.from && day < days.to) }
    const client = await call.client()
    const providers = await providersOf(client, theirs, call.options.text('provider'))
    const ours = await ourUsage(client, providers, days, theirs.zone)
    const withCost = theirs.currency === undefined || theirs.currency === ours.currency
    const comparison = compare({ theirs, ours: ours.rows, tolerance, withCost })
    const report: Report = { theirs, ours, providers, days, comparison, today: new Date().toISOString().slice(0, 10) }
    call.output.result(reportValue(report), reportText(report))
    if (apart(comparison).length > 0) throw new Failure('The records and the export do not agree.')
  },
}

function toleranceOf(call: Call): bigint {
  const text = call.options.text('tolerance') ?? '0'
  const percent = /^\d{1,3}(\.\d{1,9})?$/.test(text) ? exactOf(text) : undefined
  if (percent === undefined) throw new UsageError(`--tolerance is "${text}": write a percentage, like 0.5`)
  return percent
}

/** The days that were asked for, or else those of the export. @throws UsageError */
function daysOf(call: Call, { rows }: UsageExport): Days {
  const sorted = rows.map(({ day }) => day).toSorted()
  const from = dayOf(call, 'from') ?? sorted[0] ?? ''
  const to = dayOf(call, 'to') ?? nextDay(sorted.at(-1) ?? from)
  if (from >= to) throw new UsageError(`there is no day from ${from} to before ${to}`)
  return { from, to }
}

function dayOf(call: Call, name: 'from' | 'to'): string | undefined {
  const text = call.options.text(name)
  if (text === undefined || (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)))) return text
  throw new UsageError(`--${name} is "${text}": write a day, like 2026-11-22`)
}

export const reconcileCommands = [reconcile]
