import type { Sample, Soaked } from './soak.ts'
import { settledPart, trendOf } from './trend.ts'
import type { Trend } from './trend.ts'

/** What may not grow, by how much its line may rise over the last two thirds all the same, and why so much. */
const WATCHED: [name: string, of: (sample: Sample) => number, mostRise: number, unit: string][] = [
  // Collected before each look: what is left is reachable. Bounded caches of keys and names still fill up a little.
  ['heap after collection', ({ heapMb }) => heapMb, 4, 'MB'],
  // The engine and the allocator keep what they once had, and the database its page cache.
  ['resident memory', ({ rssMb }) => rssMb, 40, 'MB'],
  // Connections come and go with the load.
  ['open files and sockets', ({ files }) => files, 8, ''],
]

export interface Verdict {
  name: string
  unit: string
  trend: Trend
  mostRise: number
  last: number
  grows: boolean
}

/** Whether anything grew over the last two thirds of a soak. */
export function verdicts({ samples }: Soaked): Verdict[] {
  return WATCHED.map(([name, of, mostRise, unit]) => {
    const points = settledPart(samples.map((sample) => ({ at: sample.at, value: of(sample) })))
    const trend = trendOf(points)
    return { name, unit, trend, mostRise, last: points.at(-1)?.value ?? 0, grows: trend.rise > mostRise }
  })
}

export function formatSample({ at, rounds, rssMb, heapMb, files }: Sample): string {
  const columns = [(at / 60).toFixed(1), String(rounds), rssMb.toFixed(0), heapMb.toFixed(1), String(files)]
  return columns.map((column, i) => column.padStart([8, 10, 9, 9, 7][i] ?? 0)).join('')
}

export const SAMPLE_HEAD = ' minutes    rounds   RSS MB  heap MB  files'

/** The accounts and the verdicts as tables. */
export function formatSoaked(soaked: Soaked): string {
  const accounts = soaked.accounts.map(({ name, rounds, calls, posted, least, most, held }) =>
    [name.padEnd(12), ...[rounds, calls, posted, least, most, held].map((value, i) => String(value).padStart(i < 2 ? 9 : 16))].join(''),
  )
  const lines = verdicts(soaked).map(
    ({ name, unit, trend, mostRise, last, grows }) =>
      `${grows ? 'GROWS' : 'flat '}  ${name}: ${last.toFixed(1)} ${unit} at the end, ${trend.rise.toFixed(2)} ${unit} over the last two thirds ` +
      `(${trend.perHour.toFixed(2)} an hour, scatter ${trend.scatter.toFixed(2)}; ${mostRise} is let pass)`,
  )
  const head = [
    'customer    ',
    ...['rounds', 'calls', 'charged', 'at least', 'at most', 'held'].map((name, i) => name.padStart(i < 2 ? 9 : 16)),
  ].join('')
  return [head, ...accounts, '', ...lines, `verified: ${JSON.stringify(soaked.checked)}`].join('\n')
}
