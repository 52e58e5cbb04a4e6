import type { CsvTable } from '../csv.ts'
import type { JsonValue } from '../json.ts'
import { ALL_INPUT, ALL_OUTPUT, inputWithout, type UsageExport } from '../usage-export.ts'

/**
 * OpenRouter's activity: the CSV of its page by call or by day, https://openrouter.ai/docs/cookbook/administration/activity-export, or the
 * answer of `/api/v1/activity`, https://openrouter.ai/docs/client-sdks/typescript/models/activityitem. Reasoning is part of the
 * completion; days are UTC; `usage` is what was paid in credits, which are US dollars.
 */
const KINDS = ['openrouter'] as const
const OUTPUT: UsageExport['covers'] = { output: ALL_OUTPUT.filter((bucket) => bucket !== 'reasoning'), reasoning: ['reasoning'] }
const BY_DAY: UsageExport['covers'] = { input: ALL_INPUT, ...OUTPUT }
const COMMON: Pick<UsageExport, 'kinds' | 'currency' | 'notes'> = { kinds: KINDS, currency: 'USD', notes: [] }

function completion(tokens: number, reasoning: number): { output: number; reasoning: number } {
  return { output: Math.max(0, tokens - reasoning), reasoning }
}

export function isOpenRouterCalls({ header }: CsvTable): boolean {
  return header.includes('generation_id') && header.includes('cost_total')
}

export function openRouterCallsCsv({ rows }: CsvTable): UsageExport {
  return {
    ...COMMON,
    title: "OpenRouter's activity, by call",
    covers: { input: inputWithout('cacheRead'), cacheRead: ['cacheRead'], ...OUTPUT },
    rows: rows.map((row) => {
      const cached = row.count('tokens_cached') ?? 0
      const counts = {
        requests: 1,
        input: Math.max(0, (row.count('tokens_prompt') ?? 0) - cached),
        cacheRead: cached,
        ...completion(row.count('tokens_completion') ?? 0, row.count('tokens_reasoning') ?? 0),
      }
      return { day: row.day('created_at'), model: row.name('model_permaslug'), counts, cost: row.amount('cost_total') ?? 0n }
    }),
  }
}

const SLUGS = ['Slug', 'model', 'model_permaslug']
const PROMPTS = ['Prompt Tokens', 'prompt_tokens']

export function isOpenRouterDays({ header }: CsvTable): boolean {
  return SLUGS.some((name) => header.includes(name)) && PROMPTS.some((name) => header.includes(name))
}

export function openRouterDaysCsv({ rows }: CsvTable): UsageExport {
  return {
    ...COMMON,
    title: "OpenRouter's activity, by day",
    covers: BY_DAY,
    rows: rows.map((row) => ({
      day: row.day(['Date', 'date']),
      model: row.name(SLUGS),
      counts: {
        requests: row.count(['Requests', 'requests']) ?? 0,
        input: row.count(PROMPTS) ?? 0,
        ...completion(row.count(['Completion Tokens', 'completion_tokens']) ?? 0, row.count(['Reasoning Tokens', 'reasoning_tokens']) ?? 0),
      },
      cost: row.amount(['Usage', 'usage']) ?? 0n,
    })),
  }
}

export function isOpenRouterJson(page: JsonValue): boolean {
  const [item] = page.member('data').items()
  return item?.has('date') === true && item.has('prompt_tokens')
}

export function openRouterJson(pages: JsonValue[]): UsageExport {
  return {
    ...COMMON,
    title: "OpenRouter's activity, by day",
    covers: BY_DAY,
    rows: pages
      .flatMap((page) => page.member('data').items())
      .map((item) => ({
        day: item.member('date').day(),
        model: item.member('model').text(),
        counts: {
          requests: item.member('requests').count(),
          input: item.member('prompt_tokens').count(),
          ...completion(item.member('completion_tokens').count(), item.member('reasoning_tokens').count()),
        },
        cost: item.member('usage').amount(),
      })),
  }
}
