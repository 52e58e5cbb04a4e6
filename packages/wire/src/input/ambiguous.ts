import { scanMembers } from '../json/scan.ts'
import type { OkScan } from '../json/scan.ts'
import type { Invalid } from '../dialect.ts'

/** The members of a body that decide what is billed, and those of objects in it, by the name of the object. */
export interface BilledMembers {
  own: ReadonlySet<string>
  nested?: Record<string, ReadonlySet<string>>
}

/** Names of only these characters are no other's twin. */
const PLAIN_NAME = /^[a-z0-9_]*$/

/**
 * A billed member that gateway and upstream could read differently: it is there twice, which parsers resolve one way or
 * the other, or under a name that some parsers (Go's) take for it although it differs in case. Undefined: there is none.
 */
export function ambiguousMember(body: Buffer, scan: OkScan, billed: BilledMembers): Invalid | undefined {
  const own = ambiguousIn(scan, billed.own, '')
  if (own !== undefined) return own
  for (const [name, members] of Object.entries(billed.nested ?? {})) {
    const holder = scan.members.get(name)
    const nested = holder === undefined ? undefined : scanMembers(body, holder.valueStart)
    const problem = nested?.ok === true ? ambiguousIn(nested, members, `/${name}`) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

function ambiguousIn({ members, duplicates }: OkScan, billed: ReadonlySet<string>, path: string): Invalid | undefined {
  for (const name of duplicates) if (billed.has(name)) return invalid(`${path}/${name}`, `\`${name}\` occurs more than once: send it once`)
  for (const name of members.keys()) {
    if (PLAIN_NAME.test(name)) continue
    const twin = fold(name)
    if (billed.has(twin)) return invalid(`${path}/${name}`, `\`${name}\` could be read as \`${twin}\`: send it under that name`)
  }
  return undefined
}

/** Over the upper case, because two signs beyond ASCII (ſ, K) are the same letters as s and k there. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase()
}

function invalid(pointer: string, message: string): Invalid {
  return { ok: false, pointer, message }
}
