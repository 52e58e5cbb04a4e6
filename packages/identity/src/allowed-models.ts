import { fitsParts } from '@faregate/core'
import type { KeyEntry } from './key-entry.ts'

/** Whatever has a key's list of models. */
type Listed = Pick<KeyEntry, 'models'>

interface AllowList {
  names: ReadonlySet<string>
  /** The literal parts between the stars of each pattern. */
  patterns: string[][]
}

/** Lists are read once for each entry, which lives as long as a configuration version. */
const read = new WeakMap<Listed, AllowList>()

/** Whether the key's list of models (exact names, or with `*` for any characters) has this one; no list allows all. */
export function allowsModel(entry: Listed, model: string): boolean {
  if (entry.models === null) return true
  let list = read.get(entry)
  if (list === undefined) {
    list = readList(entry.models)
    read.set(entry, list)
  }
  return list.names.has(model) || list.patterns.some((parts) => fitsParts(parts, model))
}

function readList(models: string[]): AllowList {
  return {
    names: new Set(models.filter((name) => !name.includes('*'))),
    patterns: models.filter((name) => name.includes('*')).map((name) => name.split('*')),
  }
}
