import { error, type Path, type Remark } from './finding.ts'
import { isJson, pointed } from './json.ts'

/** Deeper is no description of an API any more. */
const MOST_DEPTH = 200

/** Members whose content is data: a `$ref` in there is nobody's reference. */
const DATA = new Set(['example', 'default', 'const', 'enum', 'value'])

/**
 * Every reference of a document that leads out of it, nowhere, or around in a circle. Nothing is read or fetched: what a
 * document says of another file or address is only ever told to whoever sent it. Schemas that contain themselves are fine.
 */
export function badReferences(root: unknown): Remark[] {
  const remarks: Remark[] = []
  const open: { value: unknown; path: Path }[] = [{ value: root, path: [] }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next
    if (path.length > MOST_DEPTH) return [error('too-deep', `is nested deeper than ${MOST_DEPTH} levels`, path)]
    if (Array.isArray(value)) value.forEach((item, index) => open.push({ value: item, path: [...path, index] }))
    else if (isJson(value)) {
      const remark = remarkOn(root, value, path)
      if (remark !== undefined) remarks.push(remark)
      for (const [name, member] of Object.entries(value)) {
        if (!isData(name, member, path)) open.push({ value: member, path: [...path, name] })
      }
    }
  }
  return remarks.toReversed()
}

function isData(name: string, member: unknown, path: Path): boolean {
  if (isNamed(path)) return false
  return DATA.has(name) || name.startsWith('x-') || (name === 'examples' && Array.isArray(member))
}

/** Whether the members of what is there have names of the author's own: a property may be called `default`. */
function isNamed(path: Path): boolean {
  return ['properties', 'patternProperties', 'schemas', '$defs', 'definitions', 'paths'].includes(String(path.at(-1)))
}

function remarkOn(root: unknown, value: Record<string, unknown>, path: Path): Remark | undefined {
  const reference = value['$ref']
  if (typeof reference !== 'string' || isNamed(path)) return undefined
  const at: Path = [...path, '$ref']
  const shown = reference.slice(0, 200)
  if (!reference.startsWith('#'))
    return error(
      'reference-outside',
      `\`${shown}\` leads out of the document: nothing else is read or fetched; bundle it into one file`,
      at,
    )
  const seen = new Set<string>()
  let current: unknown = value
  while (isJson(current) && typeof current['$ref'] === 'string') {
    const step = current['$ref']
    if (seen.has(step)) return error('reference-circular', `\`${shown}\` leads around in a circle and never to anything`, at)
    seen.add(step)
    current = pointed(root, step)
  }
  return current === undefined
    ? error('reference-unresolved', `\`${shown}\` leads nowhere: there is no such part of the document`, at)
    : undefined
}
