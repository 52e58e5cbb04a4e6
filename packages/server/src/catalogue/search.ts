import { callableRoutes, type ApiEntry } from '@faregate/core'

/** What is looked for; absent: everything. */
export interface Search {
  q?: string | undefined
  category?: string | undefined
  tag?: string | undefined
}

/** APIs in which every word that is looked for occurs: in names, titles, summaries, prefixes and paths. Retired ones are not found. */
export function searched(entries: readonly ApiEntry[], { q = '', category, tag }: Search): ApiEntry[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)
  return entries
    .filter(({ retirement }) => retirement?.state !== 'retired')
    .filter(({ presentation }) => category === undefined || presentation?.categories?.includes(category) === true)
    .filter(({ presentation }) => tag === undefined || presentation?.tags?.includes(tag) === true)
    .filter((entry) => words.every((word) => textOf(entry).includes(word)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const MOST_WORDS = 10

/** What an API is found by, made once for each entry, which lives until the API is changed. */
const texts = new WeakMap<ApiEntry, string>()

function textOf(entry: ApiEntry): string {
  const known = texts.get(entry)
  if (known !== undefined) return known
  const { name, prefix, presentation = {} } = entry
  const { title = '', summary = '', categories = [], tags = [] } = presentation
  const paths = callableRoutes(entry).map(({ path }) => prefix + path)
  const text = [name, title, summary, prefix, ...categories, ...tags, ...paths].join('\n').toLowerCase()
  texts.set(entry, text)
  return text
}

/** The words by which APIs are sorted, each with how many have it, most first. */
export function wordsOf(entries: readonly ApiEntry[], kind: 'categories' | 'tags'): { word: string; apis: number }[] {
  const counts = new Map<string, number>()
  for (const { presentation } of entries) for (const word of presentation?.[kind] ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .map(([word, apis]) => ({ word, apis }))
    .toSorted((a, b) => (a.apis === b.apis ? (a.word < b.word ? -1 : 1) : b.apis - a.apis))
}
