import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../support/root.ts'

/** What became of one conversation: `pass`, `refused: MEMBERS`, `declined: RULE`, `none: WHY` or `failed: WHY`. */
export type Came = string

/** What the matrix of callers and providers came to; committed, so that the page says what was seen. */
export interface Compatibility {
  surfaces: { name: string; title: string }[]
  /** `lacks`: conversations that it has no place for, and why. */
  providers: { name: string; title: string; models: string[]; lacks: Record<string, string> }[]
  conversations: { name: string; about: string }[]
  /** By surface, conversation and provider; two where whole and streamed answers differ. */
  cells: Record<string, Record<string, Record<string, Came | { whole: Came; streamed: Came }>>>
}

const FILE = join(ROOT, 'docs/reference/compatibility.json')

/** Not committed: the last run of the matrix on this machine. */
const LAST_RUN = join(ROOT, 'node_modules/.cache/faregate-compatibility.json')

/** What was seen last, as it is committed. */
export function readCompatibility(): Compatibility | undefined {
  return parsed(FILE)
}

/** Keeps what a run of the matrix saw, for `npm run docs`. */
export function rememberCompatibility(seen: Compatibility): void {
  mkdirSync(dirname(LAST_RUN), { recursive: true })
  writeFileSync(LAST_RUN, textOf(seen))
}

/** Takes over what the matrix saw on this machine since. */
export function updateCompatibility(): void {
  const seen = parsed(LAST_RUN)
  if (seen !== undefined) writeFileSync(FILE, textOf(seen))
}

function parsed(file: string): Compatibility | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Compatibility) : undefined
}

function textOf(seen: Compatibility): string {
  return `${JSON.stringify(seen, null, 1)}\n`
}
