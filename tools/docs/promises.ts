import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/root.ts'
import { heading, table, type Page } from './page.ts'

const TESTS = ['packages/*/test/**/*.ts', 'packages/*/sim/**/*.ts', 'tests/**/*.ts']

/** What is said of a rule that no test can carry yet. */
export const PENDING: Record<string, string> = {
  M27: 'There is no limiter yet. That only the hold admits is what the tests of M4 show.',
}

/** The numbers of the rules of money, in order. */
export function moneyRules(): string[] {
  const text = readFileSync(join(ROOT, 'docs/reference/money.md'), 'utf8')
  return [...text.matchAll(/^- \*\*(M\d+)\*\*/gm)].map((match) => match[1] ?? '')
}

/** For each rule, the test files in which a test's name carries its number. */
export function testsOfRules(): Map<string, string[]> {
  const found = new Map<string, Set<string>>()
  const files = globSync(TESTS, { cwd: ROOT, exclude: ['**/node_modules/**', 'tests/docs/**'] }).toSorted()
  for (const file of files) {
    for (const rule of rulesNamed(readFileSync(join(ROOT, file), 'utf8'))) found.set(rule, (found.get(rule) ?? new Set()).add(file))
  }
  return new Map([...found].map(([rule, carriers]) => [rule, [...carriers]]))
}

/** The rules that names in a text begin with: `'M7: …'`, `'M17, M23: …'`, `'M2–M9: …'`. */
export function rulesNamed(text: string): Set<string> {
  const names = text.matchAll(/['"`](M\d+(?:(?:, |–| and )M\d+)*): /g)
  return new Set([...names].flatMap((match) => expand(match[1] ?? '')))
}

function expand(names: string): string[] {
  return names.split(/, | and /).flatMap((part) => {
    const [first = 0, last = first] = part.split('–').map((name) => Number(name.slice(1)))
    return Array.from({ length: last - first + 1 }, (_, index) => `M${first + index}`)
  })
}

/** Which tests hold each rule of money. */
export const promisesPage: Page = {
  file: 'promises.md',
  text: () => {
    const carriers = testsOfRules()
    return [
      ...heading('The rules of money and their tests', 'the names of the tests'),
      'Each rule of [money](money.md) has tests whose names begin with its number. `npm test -- PATH` runs a file.',
      '',
      ...table(
        ['rule', 'tests'],
        moneyRules().map((rule) => [
          rule,
          carriers
            .get(rule)
            ?.map((file) => `\`${file}\``)
            .join(', ') ??
            PENDING[rule] ??
            'none',
        ]),
      ),
      '',
    ].join('\n')
  },
}
