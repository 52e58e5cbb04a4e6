import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the installed program: the nearest one above this file whose package.json is Faregate's. */
function programFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (nameOf(folder) === 'faregate') return folder
    if (folder === dirname(folder)) return import.meta.dirname
  }
}

function nameOf(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name : undefined
}

const folder = programFolder()

/** The documentation that comes with the program. */
export const DOCS_FOLDER = join(folder, 'docs')

/** The program's version, from its package.json. */
export const VERSION: string = readVersion(join(folder, 'package.json'))

function readVersion(file: string): string {
  return existsSync(file) ? ((JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version ?? '0.0.0') : '0.0.0'
}
