import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFECTS, describedIn } from '../planted/defects.ts'
import { BESIDE, CHECKS, DESIGN } from '../promises/design.ts'
import { BALANCES } from '../promises/money-balances.ts'
import { ENDS } from '../promises/money-order.ts'
import { keyOf, readReport, type LastRun, type Report } from '../promises/report.ts'
import { witnessesOf, type Promised, type Witness } from '../promises/witness.ts'
import { ROOT } from '../support/root.ts'
import { heading, table, type Page } from './page.ts'

const TESTS = ['packages/*/test/**/*.ts', 'packages/*/sim/**/*.ts', 'tests/**/*.ts']

/** The numbers of the rules of money, in order. */
export function moneyRules(): string[] {
  const text = readFileSync(join(ROOT, 'docs/reference/money.md'), 'utf8')
  return [...text.matchAll(/^- \*\*(M\d+)\*\*/gm)].map((match) => match[1] ?? '')
}

/** What the rules of money promise, by their numbers. */
export const RULES: Record<string, Promised> = { ...BALANCES, ...ENDS }

/** Every test that the page names. */
export function allWitnesses(): Witness[] {
  return [...[DESIGN, RULES, BESIDE, CHECKS].flatMap((part) => Object.values(part)).flatMap(witnessesOf), ...DEFECTS.map(planted)]
}

function planted({ name }: { name: string }): Witness {
  return { file: describedIn({ name }), name }
}

/** For each rule, the files in which a test's name carries its number. */
export function testsOfRules(): Map<string, string[]> {
  const found = new Map<string, Set<string>>()
  const files = globSync(TESTS, { cwd: ROOT, exclude: ['**/node_modules/**', 'tests/docs/**'] }).toSorted()
  for (const file of files) {
    for (const rule of rulesNamed(readFileSync(join(ROOT, file), 'utf8'))) found.set(rule, (found.get(rule) ?? new Set()).add(file))
  }
  return new Map([...found].map(([rule, carriers]) => [rule, [...carriers]]))
}

/** The rules that names in a text begin with: `'M7: …'`, `'M17, M23: …'`, `'M2–M9: …'`, `'postgres: M17: …'`. */
export function rulesNamed(text: string): Set<string> {
  const names = text.matchAll(/['"`](?:[\w${}]+: )?(M\d+(?:(?:, |–| and )M\d+)*): /g)
  return new Set([...names].flatMap((match) => expand(match[1] ?? '')))
}

function expand(names: string): string[] {
  return names.split(/, | and /).flatMap((part) => {
    const [first = 0, last = first] = part.split('–').map((name) => Number(name.slice(1)))
    return Array.from({ length: last - first + 1 }, (_, index) => `M${first + index}`)
  })
}

/** The day on which most of the tests ran last. */
function usualDay(report: Report): string {
  const days = Map.groupBy(Object.values(report), ({ on }) => on)
  return [...days].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? 'no day yet'
}

/** `4 passed in 2.7 s`, with what they said of themselves. */
function outcomeOf(run: LastRun | undefined, usual: string): { came: string; said: string } {
  if (run === undefined) return { came: 'not run yet', said: '' }
  const counts = [
    `${run.passed} passed`,
    ...(['failed', 'skipped'] as const).filter((how) => run[how] > 0).map((how) => `${run[how]} ${how}`),
  ]
  const on = run.on === usual ? '' : ` on ${run.on}`
  return { came: `${counts.join(', ')} in ${run.seconds} s${on}`, said: run.figures.join('; ') }
}

function lines(promised: Promised, report: Report, usual: string): string[] {
  return witnessesOf(promised).map((witness) => {
    const { came, said } = outcomeOf(report[keyOf(witness)], usual)
    return `- \`${witness.name}\` in \`${witness.file}\`: **${came}**${said === '' ? '' : `. ${said}`}`
  })
}

function section(promises: Record<string, Promised>, report: Report, usual: string): string[] {
  return Object.entries(promises).flatMap(([name, promised]) => [
    `**${name}.** ${promised.says}`,
    '',
    ...lines(promised, report, usual),
    '',
  ])
}

function defects(report: Report, usual: string): string[] {
  const rows = DEFECTS.map((defect) => {
    const run = report[keyOf(planted(defect))]
    const { came, said } = outcomeOf(run, usual)
    const caught = run?.passed === 1 ? 'caught' : came
    return [defect.name, `\`${defect.caughtBy.names.at(-1)}\` in \`${defect.caughtBy.file}\``, `**${caught}**: ${said}`]
  })
  return table(['defect', 'the test that must fail', 'it did, and said'], rows)
}

/** What is promised, which tests would catch its breaking, and what they said last. */
export const promisesPage: Page = {
  file: 'reference/promises.md',
  text: () => {
    const report = readReport()
    const usual = usualDay(report)
    return [
      ...heading('How do you know? The promises and their tests', '`tools/promises`, and from what the tests said when they last ran'),
      `Behind each promise stand the tests that would catch its breaking, by name, and what they came to last: on ${usual}, unless a line says`,
      'otherwise. `…` in a name stands for what varies, an engine or a case. `npm test -- PATH` runs a file, and what it says is on this page',
      'after the next `npm run docs`.',
      '',
      '## The four promises',
      '',
      ...section(DESIGN, report, usual),
      '## The rules of money',
      '',
      'The numbers are those of [money](money.md), which says each rule in full. A number in front of a name means: this test carries that rule;',
      'more tests carry it than the few that are named here.',
      '',
      ...section(RULES, report, usual),
      '## Beside them',
      '',
      ...section(BESIDE, report, usual),
      '## The checks themselves',
      '',
      ...section(CHECKS, report, usual),
      '**Planted defects.** A test that cannot fail proves nothing. `npm run test:planted` makes each of these mistakes in a copy of the',
      'repository, and insists that the test passes without it and fails with it, for this reason:',
      '',
      ...defects(report, usual),
      '',
    ].join('\n')
  },
}
