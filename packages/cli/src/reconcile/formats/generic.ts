import { BUCKETS, type Bucket } from '@faregate/core'
import { BadExport } from '../bad-export.ts'
import type { CsvTable } from '../csv.ts'
import { present, type Measure, type UsageExport } from '../usage-export.ts'

/**
 * A table of one's own, for every provider that is not among the others: `day,model,requests,input,cacheRead,…,cost`. Days are
 * UTC; the columns are our buckets, disjoint; `provider` names one of ours; `cost` is in the installation's currency. What has no
 * column is not compared.
 */
const OTHERS = ['day', 'model', 'provider', 'requests', 'cost']

export function isGeneric({ header }: CsvTable): boolean {
  return header.includes('day') && header.includes('model')
}

export function genericCsv({ file, header, rows }: CsvTable): UsageExport {
  const unknown = header.find((name) => !OTHERS.includes(name) && !isBucket(name))
  if (unknown !== undefined) {
    throw new BadExport(
      { file, line: 1, column: unknown },
      'nobody knows what this column counts',
      `Columns are ${[...OTHERS, ...BUCKETS].join(', ')}.`,
    )
  }
  const buckets = header.filter((name) => isBucket(name))
  if (buckets.length === 0 && !header.includes('cost')) {
    throw new BadExport({ file, line: 1 }, 'there is nothing to compare', `Add columns: ${BUCKETS.join(', ')}, or cost.`)
  }
  const measures: Measure[] = header.includes('requests') ? ['requests', ...buckets] : buckets
  return {
    title: 'A table of usage',
    covers: Object.fromEntries(buckets.map((bucket) => [bucket, [bucket]])),
    rows: rows.map((row) => ({
      day: row.day('day'),
      model: row.name('model'),
      ...(row.text('provider') === '' ? {} : { provider: row.text('provider') }),
      counts: present(Object.fromEntries(measures.map((measure) => [measure, row.count(measure) ?? 0]))),
      ...(header.includes('cost') ? { cost: row.amount('cost') ?? 0n } : {}),
    })),
    notes: [],
  }
}

function isBucket(name: string): name is Bucket {
  return (BUCKETS as readonly string[]).includes(name)
}
