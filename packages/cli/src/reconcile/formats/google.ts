import type { CsvRow, CsvTable } from '../csv.ts'
import { EXACT_CENT, ONE_NANO } from '../exact.ts'
import { ALL_OUTPUT, inputWithout, type TheirRow, type UsageExport } from '../usage-export.ts'

/**
 * Google's Cloud Billing, as its console downloads a report or the cost table as CSV, by SKU and day:
 * https://cloud.google.com/billing/docs/how-to/cost-table and https://cloud.google.com/billing/docs/how-to/reports. Model and
 * direction are words of the SKU (`Generate content output token count gemini 2.5 flash lite text`); thinking is output. Days
 * begin at midnight in US and Canadian Pacific time.
 */
const DATES = ['Date', 'Usage start date']
const COSTS = ['Unrounded subtotal', 'Unrounded Cost', 'Unrounded cost', 'Subtotal', 'Cost']
const SERVICES = /gemini|vertex ai|generative language/i
const CURRENCIES: Readonly<Record<string, string>> = { $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' }

export function isGoogleBilling({ header }: CsvTable): boolean {
  return header.includes('SKU description') && DATES.some((name) => header.includes(name))
}

export function googleBillingCsv({ header, rows }: CsvTable): UsageExport {
  const column = costColumn(header)
  const unit = /\((.+)\)/.exec(column ?? '')?.[1]
  const currency = unit === undefined ? undefined : (CURRENCIES[unit] ?? unit)
  // Sums below the table have no date.
  const dated = rows.filter((row) => row.text(DATES) !== '')
  const ours = dated.filter((row) => SERVICES.test(row.text('Service description')) || skuOf(row.text('SKU description')) !== undefined)
  const others = dated.length - ours.length
  return {
    title: "Google's billing report",
    kinds: ['google', 'vertex'],
    zone: 'America/Los_Angeles',
    covers: { input: inputWithout('cacheRead'), cacheRead: ['cacheRead'], output: ALL_OUTPUT },
    rows: ours.map((row) => rowOf(row, column)),
    ...(currency === undefined ? {} : { currency }),
    costUnit: column?.toLowerCase().startsWith('unrounded') === true ? 1_000n * ONE_NANO : EXACT_CENT,
    modelKey: familyOf,
    notes: [
      'Google counts days from midnight in US Pacific time; ours are cut there as well.',
      ...(others === 0 ? [] : [`${others} lines of other services of Google are left out.`]),
    ],
  }
}

/** `Unrounded subtotal ($)`: the most exact of those that are there. */
function costColumn(header: string[]): string | undefined {
  return COSTS.flatMap((name) => header.filter((column) => column === name || column.startsWith(`${name} (`)))[0]
}

function rowOf(row: CsvRow, column: string | undefined): TheirRow {
  const sku = skuOf(row.text('SKU description'))
  const cost = column === undefined ? undefined : row.amount(column)
  const counted = sku !== undefined && row.text('Usage unit') === 'count'
  return {
    day: row.day(DATES),
    model: sku?.model ?? row.text('SKU description'),
    counts: counted ? { [sku.bucket]: row.count('Usage amount') ?? 0 } : {},
    ...(cost === undefined ? {} : { cost }),
  }
}

/** What a SKU counts; `undefined` where it is no token of a model. */
function skuOf(description: string): { model: string; bucket: 'input' | 'cacheRead' | 'output' } | undefined {
  const family = /gemini[ -]\d[\w. -]*/i.exec(description)?.[0]
  if (family === undefined || !/token/i.test(description) || /storage/i.test(description)) return undefined
  const bucket = /cach/i.test(description) ? 'cacheRead' : /output/i.test(description) ? 'output' : 'input'
  return { model: familyOf(family), bucket }
}

const FAMILY = /gemini-(\d+(?:\.\d+)?)-(flash-lite|flash|pro|ultra|nano)/

/** A SKU says no more of a model than its family: `gemini-2.5-flash-lite` for `gemini-2.5-flash-lite-preview-09-2025`. */
function familyOf(name: string): string {
  return FAMILY.exec(name.toLowerCase().replaceAll(' ', '-'))?.[0] ?? name
}
