import type { RouteOutput, Routes } from '@faregate/contract'
import { sentMetered } from './route-text.ts'
import { UsageError, type Option, type Options } from './command.ts'

type Shown = Pick<RouteOutput<Routes['getApi']>, 'routes'>

/** What a command takes of the members of a definition that have no flag of their own. */
export const MEMBERS: Option[] = [
  {
    flags: '--set <member>',
    summary: 'a member of the definition and its value, like health.check.path=/healthz or addresses.allow=["10.0.0.0/8"]',
    repeatable: true,
  },
]

export const UNSET: Option = {
  flags: '--unset <member>',
  summary: 'takes a member of the definition away, like health.check',
  repeatable: true,
}

type Members = Record<string, unknown>

/**
 * Members of a definition, as `--set` and `--unset` change them. Each group (`health`, `timeouts`) is sent as a whole: what
 * it holds `before` and is not named stays.
 */
export function membersOf(options: Options, before: object = {}): Members {
  const changed: Members = {}
  for (const text of options.list('set') ?? []) {
    const [path, value] = settingOf(text)
    put(groupOf(changed, mergedByServer(path) ? {} : before, path), path, value)
  }
  for (const text of options.list('unset') ?? []) {
    const path = text.split('.')
    const [group = '', member] = path
    if (member === undefined) changed[group] = null
    // Secrets are never shown: what is left of them is for the gateway to keep.
    else put(groupOf(changed, mergedByServer(path) ? {} : before, path), path, mergedByServer(path) ? null : undefined)
  }
  return changed
}

/** What holds secrets is never shown whole: what is sent of it is laid over what is there. */
function mergedByServer([group]: string[]): boolean {
  return group === 'upstream' || group === 'staging'
}

/** `health.asideMs=5000`: numbers, lists and maps in JSON, anything else as text. */
function settingOf(text: string): [path: string[], value: unknown] {
  const [, name = '', value = ''] = /^([^=\s]+)=(.*)$/s.exec(text) ?? []
  if (name === '') throw new UsageError(`--set is "${text}": write MEMBER=VALUE, like retries=2`)
  if (/^(prefix|routes|upstream)\b/.test(name))
    throw new UsageError(`--set changes no ${name.split('.')[0] ?? ''}: there are flags for that`)
  return [name.split('.'), parsed(value)]
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The members, with the group of this path as it was before it is changed for the first time. */
function groupOf(changed: Members, before: object, [group = '', ...within]: string[]): Members {
  if (within.length > 0) changed[group] ??= withoutNulls((before as Members)[group]) ?? {}
  return changed
}

function put(members: Members, path: string[], value: unknown): void {
  const last = path.at(-1) ?? ''
  const holder = path.slice(0, -1).reduce<Members>((node, name) => {
    const below = (node[name] ??= {})
    if (typeof below !== 'object') throw new UsageError(`${path.join('.')} is in no group: ${name} has a value`)
    return below as Members
  }, members)
  if (value === undefined) delete holder[last]
  else holder[last] = value
}

/** What is shown as null is not there, and what a secret is recognised by is not sent. */
function withoutNulls(value: unknown): unknown {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === null || name === 'lastFour' ? [] : [[name, withoutNulls(member)]])),
  )
}

/** `URL`, or `URL WEIGHT`. */
export function upstreamOf(text: string): { baseUrl: string; weight?: number } {
  const [baseUrl = '', weight, ...more] = text.trim().split(/\s+/)
  if (more.length > 0 || (weight !== undefined && !/^\d+$/.test(weight)))
    throw new UsageError(`"${text}" is no upstream: write URL, or URL and a weight, like "http://10.0.0.2:8000 3"`)
  return { baseUrl, ...(weight === undefined ? {} : { weight: Number(weight) }) }
}

/** What becomes of some routes, by their names. */
export interface RouteChanges {
  off: readonly string[]
  on: readonly string[]
  metered: ReadonlyMap<string, ReturnType<typeof sentMetered>>
}

/** Routes as they are shown, some of them switched off or on, or metered. */
export function changedRoutes({ routes }: Shown, { off, on, metered: set }: RouteChanges): Members[] {
  const names = new Set(routes.map(({ method, path }) => `${method} ${path}`))
  const strange = [...off, ...on, ...set.keys()].find((name) => !names.has(name))
  if (strange !== undefined) throw new UsageError(`there is no route "${strange}"; routes are named like "GET /forecast/{city}"`)
  return routes.map(({ price, metered: known, free, off: isOff, webSocket, chargeOn, retirement, ...route }) => {
    const name = `${route.method} ${route.path}`
    const stays = (isOff && !on.includes(name)) || off.includes(name)
    const metered = set.get(name) ?? (known === null ? undefined : sentMetered(known))
    return {
      ...route,
      ...(webSocket ? { webSocket } : { chargeOn }),
      ...(retirement === null ? {} : { retirement: withoutNulls(retirement) }),
      ...(price === null ? {} : { price }),
      ...(metered === undefined ? {} : { metered }),
      ...(free && metered === undefined ? { free } : {}),
      ...(stays ? { off: true } : {}),
    }
  })
}
