import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../support/root.ts'

/** A test, or a suite, that would catch the breaking of a promise. */
export interface Witness {
  /** Where its name is written, from the repository's root. */
  file: string
  /** The name as it is written there; `…` stands for what is filled in. */
  name: string
}

/** Something that holds, and what would catch its breaking. */
export interface Promised {
  /** In plain words. */
  says: string
  /** Names of tests by file. */
  tests: Record<string, string[]>
}

/** The tests of one promise, one by one. */
export function witnessesOf({ tests }: Promised): Witness[] {
  return Object.entries(tests).flatMap(([file, names]) => names.map((name) => ({ file, name })))
}

/** Cases that are written down in one file and run by another. */
const RAN_BY: Record<string, string> = { 'packages/ledger/test/conformance/': 'packages/ledger/test/conformance.ts' }

/** The file whose run has the results of a witness. */
export function runnerOf({ file }: Witness): string {
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return RAN_BY[folder] ?? file
}

/** Whether a name that a run told is the witness's. */
export function isNamed({ name }: Witness, told: string): boolean {
  const parts = name.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
  // The cases of the ledger run once more in one batch.
  return new RegExp(`^${parts.join('.*')}(?: \\(in one batch\\))?$`, 's').test(told)
}

/** Which witnesses are not there any more: the file is gone, or nothing in it is called so. */
export function vanished(witnesses: readonly Witness[]): Witness[] {
  const texts = new Map([...new Set(witnesses.map(({ file }) => file))].map((file) => [file, textsOf(file)]))
  return witnesses.filter(({ file, name }) => texts.get(file)?.has(name) !== true)
}

/** Whether a name, as a run tells it, is written in a file, with or without what is filled in. */
export function isWritten(file: string, told: string): boolean {
  return [...textsOf(file)].some((name) => /[^… ]/.test(name) && isNamed({ file, name }, told))
}

/** Every text in the source of a file, with `…` where something is filled in. */
function textsOf(file: string): Set<string> {
  const path = join(ROOT, file)
  const texts = new Set<string>()
  if (!existsSync(path)) return texts
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.add(node.text)
    if (ts.isTemplateExpression(node)) {
      texts.add(node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(''))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest))
  return texts
}
