import type { CsvTable } from '../csv.ts'
import { EXACT_CENT } from '../exact.ts'
import type { JsonValue } from '../json.ts'
import { ALL_OUTPUT, inputWithout, present, type TheirRow, type UsageExport } from '../usage-export.ts'

/**
 * Anthropic's usage and costs: from the Usage and Cost Admin API,
 * https://platform.claude.com/docs/en/api/admin-api/usage-cost/get-messages-usage-report and
 * https://platform.claude.com/docs/en/api/admin-api/usage-cost/get-cost-report, or from the CSV exports of the console,
 * https://support.claude.com/en/articles/9534590-cost-and-usage-reporting-in-the-claude-console. Days are UTC.
 */
const KINDS = ['anthropic'] as const

const COVERS: UsageExport['covers'] = {
  input: inputWithout('cacheRead', 'cacheWrite', 'cacheWrite1h'),
  cacheRead: ['cacheRead'],
  cacheWrite: ['cacheWrite'],
  cacheWrite1h: ['cacheWrite1h'],
  output: ALL_OUTPUT,
  search: ['search'],
}

export function isAnthropicJson(page: JsonValue): boolean {
  const [bucket] = page.member('data').items()
  return bucket?.has('starting_at') === true && bucket.has('results')
}

export function anthropicJson(pages: JsonValue[]): UsageExport {
  const buckets = pages.flatMap((page) => page.member('data').items())
  const results = buckets.flatMap((bucket) =>
    bucket
      .member('results')
      .items()
      .map((result) => ({ bucket, result })),
  )
  const costs = results.some(({ result }) => result.has('amount'))
  return {
    title: costs ? "Anthropic's cost report" : "Anthropic's usage report",
    kinds: KINDS,
    covers: costs ? {} : COVERS,
    rows: results.map(({ bucket, result }) => (result.has('amount') ? costRow : usageRow)(bucket.member('starting_at').day(), result)),
    ...(costs ? { currency: 'USD' } : {}),
    notes: [],
  }
}

function usageRow(day: string, result: JsonValue): TheirRow {
  const written = result.member('cache_creation')
  return {
    day,
    model: result.member('model').text(),
    counts: {
      input: result.member('uncached_input_tokens').count(),
      cacheRead: result.member('cache_read_input_tokens').count(),
      cacheWrite: written.member('ephemeral_5m_input_tokens').count(),
      cacheWrite1h: written.member('ephemeral_1h_input_tokens').count(),
      output: result.member('output_tokens').count(),
      search: result.member('server_tool_use').member('web_search_requests').count(),
    },
  }
}

/** Amounts are in cents, as decimal text. */
function costRow(day: string, result: JsonValue): TheirRow {
  return { day, model: result.member('model').text(), counts: {}, cost: result.member('amount').amount() / 100n }
}

export function isAnthropicUsage({ header }: CsvTable): boolean {
  return header.includes('usage_date_utc') && header.includes('usage_output_tokens')
}

export function anthropicUsageCsv({ rows, header }: CsvTable): UsageExport {
  const hour = header.includes('usage_input_tokens_cache_write_1h')
  const searches = header.includes('web_search_count')
  return {
    title: "Anthropic's usage",
    kinds: KINDS,
    // An older export does not tell the two caches apart.
    covers: { ...withoutSearch(searches), ...(hour ? {} : { cacheWrite: ['cacheWrite', 'cacheWrite1h'], cacheWrite1h: [] }) },
    rows: rows.map((row) => ({
      day: row.day('usage_date_utc'),
      model: row.name(['model_version', 'model']),
      counts: present({
        input: row.count('usage_input_tokens_no_cache') ?? 0,
        cacheRead: row.count('usage_input_tokens_cache_read') ?? 0,
        cacheWrite: row.count(['usage_input_tokens_cache_write_5m', 'usage_input_tokens_cache_write']) ?? 0,
        cacheWrite1h: hour ? (row.count('usage_input_tokens_cache_write_1h') ?? 0) : undefined,
        output: row.count('usage_output_tokens') ?? 0,
        search: searches ? (row.count('web_search_count') ?? 0) : undefined,
      }),
    })),
    notes: [],
  }
}

function withoutSearch(searches: boolean): UsageExport['covers'] {
  const { search, ...others } = COVERS
  return searches && search !== undefined ? { ...others, search } : others
}

export function isAnthropicCosts({ header }: CsvTable): boolean {
  return header.includes('usage_date_utc') && header.includes('cost_usd')
}

export function anthropicCostsCsv({ rows }: CsvTable): UsageExport {
  return {
    title: "Anthropic's costs",
    kinds: KINDS,
    covers: {},
    rows: rows.map((row) => ({
      day: row.day('usage_date_utc'),
      model: modelOfTitle(row.name('model')),
      counts: {},
      cost: row.amount('cost_usd') ?? 0n,
    })),
    currency: 'USD',
    costUnit: EXACT_CENT,
    notes: ['The console rounds each of its lines to a cent: that much is taken for equal.'],
  }
}

/** The console writes titles: `Claude Haiku 4.5`, `Claude 3.5 Sonnet 2024-10-22`. */
function modelOfTitle(title: string | null): string | null {
  return title?.toLowerCase().replace(/[ .]+/g, '-') ?? null
}
