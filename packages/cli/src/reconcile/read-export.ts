import { readFile } from 'node:fs/promises'
import { Failure } from '../command.ts'
import { BadExport } from './bad-export.ts'
import { readCsv, type CsvTable } from './csv.ts'
import {
  anthropicCostsCsv,
  anthropicJson,
  anthropicUsageCsv,
  isAnthropicCosts,
  isAnthropicJson,
  isAnthropicUsage,
} from './formats/anthropic.ts'
import { genericCsv, isGeneric } from './formats/generic.ts'
import { googleBillingCsv, isGoogleBilling } from './formats/google.ts'
import { isOpenAiCosts, isOpenAiJson, isOpenAiUsage, openAiCostsCsv, openAiJson, openAiUsageCsv } from './formats/openai.ts'
import {
  isOpenRouterCalls,
  isOpenRouterDays,
  isOpenRouterJson,
  openRouterCallsCsv,
  openRouterDaysCsv,
  openRouterJson,
} from './formats/openrouter.ts'
import { JsonProblem, placed, readJson, type JsonValue } from './json.ts'
import type { UsageExport } from './usage-export.ts'

/** The tables that are read, told apart by their headers; the first that fits counts. */
const TABLES: { is: (table: CsvTable) => boolean; read: (table: CsvTable) => UsageExport }[] = [
  { is: isOpenAiUsage, read: openAiUsageCsv },
  { is: isOpenAiCosts, read: openAiCostsCsv },
  { is: isAnthropicUsage, read: anthropicUsageCsv },
  { is: isAnthropicCosts, read: anthropicCostsCsv },
  { is: isGoogleBilling, read: googleBillingCsv },
  { is: isOpenRouterCalls, read: openRouterCallsCsv },
  { is: isOpenRouterDays, read: openRouterDaysCsv },
  { is: isGeneric, read: genericCsv },
]

/** The same for answers of APIs, by what their first item holds. */
const ANSWERS: { is: (page: JsonValue) => boolean; read: (pages: JsonValue[]) => UsageExport }[] = [
  { is: isOpenAiJson, read: openAiJson },
  { is: isAnthropicJson, read: anthropicJson },
  { is: isOpenRouterJson, read: openRouterJson },
]

const KNOWN =
  'Read are exports of OpenAI, Anthropic, Google and OpenRouter, and tables that begin with `day,model,` and columns like input, output, cost.'

/** Reads a usage export, whosever it is. @throws Failure, {@link BadExport} with the place of what cannot be read */
export async function readExport(file: string): Promise<UsageExport> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
  const read = /^\s*[[{]/.test(text.replace(/^\uFEFF/, '')) ? await answerOf(file, text.replace(/^\uFEFF/, '')) : await tableOf(file, text)
  if (read.rows.length > 0) return read
  throw new BadExport({ file, line: 1 }, 'there is no usage in this file')
}

async function tableOf(file: string, text: string): Promise<UsageExport> {
  const table = await readCsv(file, text)
  const known = TABLES.find(({ is }) => is(table))
  if (known === undefined) throw new BadExport({ file, line: 1 }, `nobody knows this header: ${table.header.join(', ')}`, KNOWN)
  return known.read(table)
}

/** One page of an answer, or several as a list of pages. */
async function answerOf(file: string, text: string): Promise<UsageExport> {
  const whole = readJson(file, text)
  try {
    const pages = Array.isArray(whole.value) ? whole.items() : [whole]
    const filled = pages.filter((page) => Array.isArray(page.member('data').value) && page.member('data').items().length > 0)
    const [first] = filled
    const known = first === undefined ? undefined : ANSWERS.find(({ is }) => is(first))
    if (known === undefined) throw new BadExport({ file, line: 1 }, 'this is JSON of an unknown kind', KNOWN)
    const read = known.read(filled)
    const more = pages.at(-1)?.member('has_more').value === true
    return more ? { ...read, notes: [...read.notes, 'The answer has more pages (`has_more`): fetch them, or ask for fewer days.'] } : read
  } catch (error) {
    throw error instanceof JsonProblem ? await placed(file, text, error) : error
  }
}
