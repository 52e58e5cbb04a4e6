import { fitsParts } from '@faregate/core'
import type { KeyEntry } from './key-entry.ts'

interface AllowList {
  names: ReadonlySet<string>
  /** The literal parts between the stars of each pattern. */
  patterns: string[][]
}

/** Lists are read once for each entry, which lives as long as a configuration version. */
const read = new WeakMap<string[], AllowList>()

/** Whether the key's list of models (exact names, or with `*` for any characters) has this one; no list allows all. */
export function allowsModel({ models }: Pick<KeyEntry, 'models'>, model: string): boolean {
  return allows(models, model)
}

/** The same for its list of published APIs. */
export function allowsApi({ apis }: Pick<KeyEntry, 'apis'>, api: string): boolean {
  return allows(apis, api)
}

function allows(listed: string[] | null, name: string): boolean {
  if (listed === null) return true
  let list = read.get(listed)
  if (list === undefined) {
    list = readList(listed)
    read.set(listed, list)
  }
  return list.names.has(name) || list.patterns.some((parts) => fitsParts(parts, name))
}

function readList(listed: string[]): AllowList {
  return {
    names: new Set(listed.filter((name) => !name.includes('*'))),
    patterns: listed.filter((name) => name.includes('*')).map((name) => name.split('*')),
  }
}
