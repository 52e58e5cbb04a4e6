/** `node tests/replay/readme.ts`: writes the tables of the README anew, from the code that they are about. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixtures } from './answers/fixtures.ts'
import { FAULTS } from './framing/faults.ts'
import { RULES } from './rules/table.ts'

export const README = join(import.meta.dirname, 'README.md')

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const SECTIONS: Record<string, () => string> = {
  fixtures: () =>
    table(
      ['name', 'what it is'],
      [...fixtures()].map(([name, { about }]) => [`\`${name}\``, about]),
    ),
  faults: () =>
    table(
      ['name', 'what happens'],
      FAULTS.map(({ name, about }) => [`\`${name}\``, about]),
    ),
  rules: () =>
    table(
      ['rule', 'for', 'what', 'documented'],
      RULES.map(({ id, vendors, what, doc, stricter }) => [
        `\`${id}\``,
        vendors.join(', '),
        stricter === true ? `${what} †` : what,
        `[link](${doc})`,
      ]),
    ),
}

/** The text with the tables between its marks as the code has them now. */
export function withTables(text: string): string {
  return Object.entries(SECTIONS).reduce(
    (written, [name, section]) =>
      written.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`),
        (_, open: string, close: string) => `${open}${section()}${close}`,
      ),
    text,
  )
}

if (import.meta.main) writeFileSync(README, withTables(readFileSync(README, 'utf8')))
