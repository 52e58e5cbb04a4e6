import { readCompatibility, type Came, type Compatibility } from '../compatibility/report.ts'
import { heading, table, type Page } from './page.ts'

type Cell = Came | { whole: Came; streamed: Came }

/** How a cell is shown. What was refused names the very members of the request. */
function shown(cell: Cell): string {
  if (typeof cell !== 'string') return `whole: ${shown(cell.whole)}; streamed: ${shown(cell.streamed)}`
  const [kind = '', more = ''] = splitOnce(cell)
  if (kind === 'pass') return '✓'
  if (kind === 'none') return '–'
  if (kind === 'refused') return `refused: ${more.replaceAll(/\/[^,\s]+/g, (member) => `\`${member}\``)}`
  return kind === 'declined' ? 'declined' : '**fails**'
}

function splitOnce(text: string): string[] {
  const at = text.indexOf(': ')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 2)]
}

function outcomes(cell: Cell): Came[] {
  return typeof cell === 'string' ? [cell, cell] : [cell.whole, cell.streamed]
}

function counts({ cells }: Compatibility): Map<string, number> {
  const found = new Map<string, number>()
  for (const rows of Object.values(cells)) {
    for (const cell of Object.values(rows).flatMap((row) => Object.values(row))) {
      for (const came of outcomes(cell)) found.set(splitOnce(came)[0] ?? '', (found.get(splitOnce(came)[0] ?? '') ?? 0) + 1)
    }
  }
  return found
}

const WORDS: [kind: string, what: string][] = [
  ['pass', 'pass'],
  ['refused', 'are refused by name'],
  ['declined', 'are declined by the provider'],
  ['none', 'have no form in the API of the caller'],
  ['failed', 'fail'],
]

function sums(seen: Compatibility): string {
  const found = counts(seen)
  const told = WORDS.flatMap(([kind, what]) => (found.has(kind) ? [`${found.get(kind)} ${what}`] : []))
  return `Of ${[...found.values()].reduce((sum, count) => sum + count, 0)} cells ${told.join(', ')}.`
}

function surfaceTable({ providers, conversations, cells }: Compatibility, surface: string): string[] {
  return table(
    ['', ...providers.map(({ title }) => title)],
    conversations.map(({ name }) => [name, ...providers.map((provider) => shown(cells[surface]?.[name]?.[provider.name] ?? 'failed'))]),
  )
}

/** Why a cell is not a pass, once for each reason. */
function reasons(seen: Compatibility): string[] {
  const lacking = seen.providers.flatMap(({ title, lacks }) => Object.entries(lacks).map(([name, why]) => `- ${title}, ${name}: ${why}.`))
  const without = seen.surfaces.flatMap(({ name: surface, title }) =>
    seen.conversations.flatMap(({ name }) => {
      const came = Object.values(seen.cells[surface]?.[name] ?? {}).flatMap(outcomes)
      const why = came.map(splitOnce).find(([kind]) => kind === 'none')?.[1]
      return why === undefined ? [] : [`- ${title}, ${name}: ${why}.`]
    }),
  )
  return [...lacking, ...without]
}

function failures({ surfaces, providers, conversations, cells }: Compatibility): string[] {
  return surfaces.flatMap((surface) =>
    conversations.flatMap(({ name }) =>
      providers.flatMap((provider) =>
        [...new Set(outcomes(cells[surface.name]?.[name]?.[provider.name] ?? 'failed'))]
          .filter((came) => came.startsWith('failed'))
          .map((came) => `- ${surface.title} → ${provider.title}, ${name}: ${splitOnce(came)[1] ?? ''}`),
      ),
    ),
  )
}

function written(seen: Compatibility): string[] {
  const failed = failures(seen)
  return [
    sums(seen),
    '',
    ...seen.surfaces.flatMap(({ name, title }) => [`## ${title}`, '', ...surfaceTable(seen, name), '']),
    '## What is not ✓, and why',
    '',
    ...reasons(seen),
    '',
    ...(failed.length === 0 ? [] : ['## What fails', '', ...failed, '']),
    '## The conversations',
    '',
    ...table(
      ['conversation', 'what'],
      seen.conversations.map(({ name, about }) => [name, about]),
    ),
    '',
    '## The models',
    '',
    ...table(
      ['provider', 'models'],
      seen.providers.map(({ title, models }) => [title, models.map((model) => `\`${model}\``).join(', ')]),
    ),
    '',
  ]
}

/** Which callers reach which providers with what, as the matrix of tests saw it. */
export const compatibilityPage: Page = {
  file: 'reference/compatibility.md',
  text: () => {
    const seen = readCompatibility()
    return [
      ...heading('Compatibility: every caller at every provider', 'what `tests/matrix` saw when it last ran'),
      'The same conversations, each in the words of six APIs, through one running gateway to a server that plays eight providers, judges every',
      'request by their documented rules, and answers in their forms. Each conversation is held twice: answered whole, and streamed.',
      '',
      '- **✓** The provider was asked for all that the caller meant, and broke no rule of it. The caller got text, calls, stop reason and usage in its own',
      '  API, ended once and in order; the charge is what the configured prices and the usage of the provider come to, to the last digit.',
      '- **refused** 400 before the provider is called. Nothing is charged, and the answer names the member of the request that the provider has no',
      '  place for. With `Faregate-Unsupported: drop` it is left out and listed in `Faregate-Dropped` instead.',
      '- **declined** Caller and provider speak alike, so the request was passed on as it came. The provider itself says no, the caller gets its words.',
      '- **–** The API of the caller cannot say it.',
      '',
      ...(seen === undefined ? ['Not run yet.', ''] : written(seen)),
    ].join('\n')
  },
}
