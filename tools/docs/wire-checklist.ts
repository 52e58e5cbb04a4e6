import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Witness } from '../promises/witness.ts'
import { ROOT } from '../support/root.ts'
import { CASES, type WireCase } from '../wire-checklist/cases.ts'
import { heading, table, type Page } from './page.ts'

const TESTS = ['packages/*/test/**/*.ts', 'tests/**/*.ts']

/** The rules of money have numbers that begin with an M as well: only here M1 to M9 are cases of this list. */
const OF_WIRES = /^(packages\/(wire|providers)\/test|tests\/(sdk|matrix|endpoints))\//

function isOfMoney(id: string, file: string): boolean {
  return id.startsWith('M') && (id.length > 2 || !OF_WIRES.test(file))
}

const PARTS: [letter: string, title: string][] = [
  ['S', 'Streams'],
  ['T', 'Tools'],
  ['U', 'Usage and cost'],
  ['R', 'Why an answer ends'],
  ['M', 'Prompts'],
  ['I', 'Images, files, audio'],
  ['E', 'Errors, limits, headers'],
]

/** For each case, the files in which a test's name carries its number. */
export function testsOfCases(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const file of globSync(TESTS, { cwd: ROOT, exclude: ['**/node_modules/**', 'tests/docs/**'] }).toSorted()) {
    for (const id of casesNamed(readFileSync(join(ROOT, file), 'utf8'))) {
      if (!isOfMoney(id, file)) found.set(id, [...(found.get(id) ?? []), file])
    }
  }
  return found
}

/** The cases that names in a text begin with: `'S7: …'`, `'M5, M6: …'`, `'S2–S4: …'`. */
export function casesNamed(text: string): Set<string> {
  const names = text.matchAll(/['"`](?:[\w${}]+: )?([STURMIE]\d+(?:(?:, |–| and )[STURMIE]\d+)*): /g)
  return new Set([...names].flatMap((match) => expand(match[1] ?? '')))
}

function expand(names: string): string[] {
  return names.split(/, | and /).flatMap((part) => {
    const [first = '', last = first] = part.split('–')
    const [from, to] = [Number(first.slice(1)), Number(last.slice(1))]
    return Array.from({ length: to - from + 1 }, (_, index) => `${first.charAt(0)}${from + index}`)
  })
}

/** Tests that prove a case without carrying its number. */
export function namedWitnesses(): Witness[] {
  return Object.values(CASES).flatMap(({ also = {} }) =>
    Object.entries(also).flatMap(([file, names]) => names.map((name) => ({ file, name }))),
  )
}

function provenBy({ also = {}, not }: WireCase, files: readonly string[]): string {
  if (not !== undefined) return `Does not apply: ${not}`
  const named = Object.entries(also).flatMap(([file, names]) => names.map((name) => `\`${name}\` in \`${file}\``))
  const folders = Map.groupBy(files, (file) => FOLDER.exec(file)?.[0] ?? '')
  const carriers = [...folders].map(([folder, inFolder]) => `\`${folder}\`: ${inFolder.map((file) => short(file, folder)).join(', ')}`)
  return [...carriers, ...named].join('<br>')
}

const FOLDER = /^(packages\/\w+\/test|tests)\//

function short(file: string, folder: string): string {
  return file.slice(folder.length).replace(/(\.test)?\.ts$/, '')
}

function tableOf(letter: string, files: ReadonlyMap<string, string[]>): string[] {
  const rows = Object.entries(CASES)
    .filter(([id]) => id.startsWith(letter))
    .map(([id, one]) => [id, '★'.repeat(one.weight), one.title, provenBy(one, files.get(id) ?? [])])
  return table(['', '', 'case', 'proven in'], rows)
}

/** What has broken gateways between dialects, and the tests that would see it break here. */
export const wireChecklistPage: Page = {
  file: 'reference/wire-checklist.md',
  text: () => {
    const files = testsOfCases()
    const cases = Object.values(CASES)
    const most = cases.filter(({ weight }) => weight === 3).length
    return [
      ...heading('The wire checklist: what breaks between dialects', '`tools/wire-checklist`, and the names of the tests'),
      `${cases.length} cases in which one API was not quite like another, and a public gateway broke. ★★★ breaks clients or money (${most} of them),`,
      '★★ is wrong, ★ unpleasant. A test carries the number of the case that it proves in its name: `npm test -- FILE` runs it. What every API can',
      'reach at every provider is in [compatibility](compatibility.md).',
      '',
      ...PARTS.flatMap(([letter, title]) => [`## ${title}`, '', ...tableOf(letter, files), '']),
    ].join('\n')
  },
}
