/** What earlier runs measured, section by section, so that one part can be measured anew without the others. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Section } from './report.ts'

const FILE = join(import.meta.dirname, '../docs/reference/performance.json')

/** A section, where it stands on the page, and what it was measured on. */
export interface Kept {
  place: number
  /** Date, commit, machine. */
  run: string
  section: Section
}

/** Puts sections in the place of those of the same titles; gives all, in order. */
export function keep(measured: Kept[]): Kept[] {
  const titles = new Set(measured.map(({ section }) => section.title))
  const earlier = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Kept[]) : []
  const all = [...earlier.filter(({ section }) => !titles.has(section.title)), ...measured].toSorted((a, b) => a.place - b.place)
  writeFileSync(FILE, `${JSON.stringify(all, null, 1)}\n`)
  return all
}
