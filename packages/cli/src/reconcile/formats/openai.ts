import type { CsvRow, CsvTable } from '../csv.ts'
import type { JsonValue } from '../json.ts'
import { ALL_OUTPUT, inputWithout, present, type Measure, type TheirRow, type UsageExport } from '../usage-export.ts'

/**
 * OpenAI's usage and costs, from `/v1/organization/usage/…` and `/v1/organization/costs` or from the export of the dashboard,
 * whose columns are the same members: https://platform.openai.com/docs/api-reference/usage and
 * https://cookbook.openai.com/examples/completions_usage_api. `input_tokens` includes what was read from the cache and written
 * to it, text, audio and images; reasoning is part of `output_tokens`.
 */
const KINDS = ['openai'] as const

type Read = (member: string) => number | undefined

function usageRow(day: string, model: string | null, read: Read): TheirRow {
  const cacheRead = read('input_cached_tokens')
  const cacheWrite = read('input_cache_write_tokens')
  const input = read('input_tokens')
  const counts: Partial<Record<Measure, number | undefined>> = {
    requests: read('num_model_requests') ?? read('num_requests'),
    input: input === undefined ? undefined : Math.max(0, input - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite,
    output: read('output_tokens'),
    image: read('images'),
    second: read('seconds'),
    character: read('characters'),
  }
  return { day, model, counts: present(counts) }
}

/** What its counts stand for, as far as it tells more apart. */
function covers(has: Read): UsageExport['covers'] {
  const cacheRead = has('input_cached_tokens') !== undefined
  const cacheWrite = has('input_cache_write_tokens') !== undefined
  return {
    input: inputWithout(...(cacheRead ? (['cacheRead'] as const) : []), ...(cacheWrite ? (['cacheWrite', 'cacheWrite1h'] as const) : [])),
    ...(cacheRead ? { cacheRead: ['cacheRead'] } : {}),
    ...(cacheWrite ? { cacheWrite: ['cacheWrite', 'cacheWrite1h'] } : {}),
    output: ALL_OUTPUT,
    image: ['image'],
    second: ['second'],
    character: ['character'],
  }
}

/** `gpt-4o-mini-2024-07-18, cached input` is of `gpt-4o-mini-2024-07-18`, `gpt-image-1 image, output` of `gpt-image-1`. */
function modelOfLineItem(item: string | null): string | null {
  if (item === null) return null
  const comma = item.lastIndexOf(', ')
  return (comma < 0 ? item : item.slice(0, comma)).replace(/ (text|audio|image)$/, '')
}

export function isOpenAiUsage({ header }: CsvTable): boolean {
  return header.includes('start_time') && ['input_tokens', 'images', 'seconds', 'characters'].some((name) => header.includes(name))
}

export function openAiUsageCsv({ header, rows }: CsvTable): UsageExport {
  // Days without use are lines without a model.
  const used = rows.filter((row) => row.text('model') !== '' || (row.count('num_model_requests') ?? 0) > 0)
  return {
    title: "OpenAI's usage",
    kinds: KINDS,
    covers: covers((name) => (header.includes(name) ? 0 : undefined)),
    rows: used.map((row) =>
      usageRow(dayOf(row), row.name('model'), (name) => (header.includes(name) ? (row.count(name) ?? 0) : undefined)),
    ),
    notes: [],
  }
}

export function isOpenAiCosts({ header }: CsvTable): boolean {
  return header.includes('amount_value') && header.includes('start_time')
}

export function openAiCostsCsv({ rows }: CsvTable): UsageExport {
  const used = rows.filter((row) => row.text('amount_value') !== '')
  const currency = used
    .find((row) => row.text('amount_currency') !== '')
    ?.text('amount_currency')
    .toUpperCase()
  return {
    title: "OpenAI's costs",
    kinds: KINDS,
    covers: {},
    rows: used.map((row) => ({
      day: dayOf(row),
      model: modelOfLineItem(row.name('line_item')),
      counts: {},
      cost: row.amount('amount_value') ?? 0n,
    })),
    ...(currency === undefined ? {} : { currency }),
    notes: [],
  }
}

/** Seconds since the epoch, or the same as text, where the file has that. */
function dayOf(row: CsvRow): string {
  if (row.text('start_time_iso') !== '') return row.day('start_time_iso')
  const seconds = row.count('start_time')
  return seconds === undefined || seconds > 8e12
    ? row.refuse('start_time', 'is not a time')
    : new Date(seconds * 1000).toISOString().slice(0, 10)
}

export function isOpenAiJson(page: JsonValue): boolean {
  const [bucket] = page.member('data').items()
  return bucket?.has('start_time') === true && bucket.has('results')
}

export function openAiJson(pages: JsonValue[]): UsageExport {
  const buckets = pages.flatMap((page) => page.member('data').items())
  const results = buckets.flatMap((bucket) =>
    bucket
      .member('results')
      .items()
      .map((result) => ({ bucket, result })),
  )
  const costs = results.some(({ result }) => result.has('amount'))
  const usage = results.some(({ result }) => !result.has('amount'))
  const currency = results.map(({ result }) => result.member('amount').member('currency').text()).find((text) => text !== null)
  const has: Read = (name) => (results.some(({ result }) => result.has(name)) ? 0 : undefined)
  return {
    title: costs ? "OpenAI's costs" : "OpenAI's usage",
    kinds: KINDS,
    covers: usage ? covers(has) : {},
    rows: results.map(({ bucket, result }) => jsonRow(dayOfBucket(bucket), result, has)),
    ...(currency === undefined || currency === null ? {} : { currency: currency.toUpperCase() }),
    notes: [],
  }
}

function jsonRow(day: string, result: JsonValue, has: Read): TheirRow {
  if (result.has('amount')) {
    return {
      day,
      model: modelOfLineItem(result.member('line_item').text()),
      counts: {},
      cost: result.member('amount').member('value').amount(),
    }
  }
  return usageRow(day, result.member('model').text(), (name) => (has(name) === undefined ? undefined : result.member(name).count()))
}

function dayOfBucket(bucket: JsonValue): string {
  const start = bucket.member('start_time')
  const end = bucket.member('end_time')
  const [from, to] = [start.value, end.value]
  if (typeof from === 'number' && typeof to === 'number' && to - from > 86_400)
    end.refuse('is more than a day after its start: ask for bucket_width=1d')
  return start.day()
}
