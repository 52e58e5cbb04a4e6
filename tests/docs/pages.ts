import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/gateway.ts'

/** A Markdown page of the project. */
export interface DocPage {
  /** From the root of the repository. */
  file: string
  text: string
}

/** Every page that a reader is given. */
export function allPages(): DocPage[] {
  const files = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT }).toSorted()]
  return files.map((file) => ({ file, text: read(file) }))
}

/** A file of the repository. */
export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
