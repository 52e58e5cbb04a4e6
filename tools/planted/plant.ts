import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Defect, Edit } from './defect.ts'

/** Texts of the product have moved on, and a defect cannot be planted any more. */
export class StaleDefect extends Error {
  override readonly name = 'StaleDefect'
}

/** A file before and after. */
interface Change {
  before: string
  after: string
}

/** What a defect would change, by path. @throws StaleDefect when a text is not there, or there more than once */
export function changesOf(root: string, defect: Defect): Map<string, Change> {
  const changes = new Map<string, Change>()
  for (const edit of defect.edits) {
    const file = join(root, edit.file)
    if (!existsSync(file)) throw stale(defect, edit, 'the file is gone')
    const before = changes.get(file)?.before ?? readFileSync(file, 'utf8')
    const text = changes.get(file)?.after ?? before
    const times = text.split(edit.find).length - 1
    if (times !== 1) throw stale(defect, edit, `the text occurs ${times} times`)
    changes.set(file, { before, after: text.replace(edit.find, () => edit.replace) })
  }
  return changes
}

/** Makes a defect's edits in a copy, all or, where it throws as {@link changesOf} does, none. @returns what takes them back */
export function plant(root: string, defect: Defect): () => void {
  const changes = changesOf(root, defect)
  for (const [file, { after }] of changes) writeFileSync(file, after)
  return () => {
    for (const [file, { before }] of changes) writeFileSync(file, before)
  }
}

function stale(defect: Defect, { file, find }: Edit, why: string): StaleDefect {
  return new StaleDefect(
    `"${defect.name}" cannot be planted: ${why}.\n  where: ${file}\n  text:  ${find.replaceAll('\n', '\n         ')}\n` +
      '  mend:  find what does the same now, and change `find` and `replace` of this defect in tools/planted.',
  )
}
