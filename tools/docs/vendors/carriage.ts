import type { DialectName, Vendor } from '@faregate/wire'
import type { Candidate } from '../../../packages/gateway/src/locate.ts'
import { lineOf } from '../../../packages/gateway/src/call/line.ts'
import { isFree, SURFACES, type Surface } from '../../../packages/gateway/src/surfaces.ts'
import { DIALECT_WORDS } from './words.ts'

/** How a request of a surface gets to a vendor; `counted` is done by the gateway itself. */
export type Carriage = 'passes' | 'translated' | 'counted' | 'not served'

/** The routes of one dialect on which models are called. */
export interface CallersSurface {
  dialect: DialectName
  /** An older form of the same, which no vendor is called in. */
  older: boolean
  /** `POST /v1/…`; where a path names the model, as MODEL and with its method. */
  paths: readonly string[]
  /** What else such a path may begin with. */
  alsoBelow: readonly string[]
  carriage: (vendor: Vendor, model: string) => Carriage
}

function surfaceFor(surfaces: readonly Surface[]): CallersSurface {
  const [first] = surfaces
  if (first === undefined) throw new Error('a surface without a route')
  const dialect = first.dialect({ path: first.path, query: '' })
  const methods = DIALECT_WORDS[dialect.name].methods ?? []
  const named = surfaces.filter(({ path }) => path.endsWith('*')).map(({ path }) => path.slice(0, -1))
  const plain = surfaces.filter(({ path }) => !path.endsWith('*')).map(({ path }) => `POST ${path}`)
  return {
    dialect: dialect.name,
    older: 'older' in dialect && dialect.older === true,
    paths: [...plain, ...named.slice(0, 1).flatMap((prefix) => methods.map((method) => `POST ${prefix}MODEL:${method}`))],
    alsoBelow: named.slice(1),
    carriage: (vendor, model) => {
      const line = lineOf(dialect, { vendor, deployment: { model } } as Candidate)
      if (line === undefined) return isFree(dialect) ? 'counted' : 'not served'
      return line.translation === undefined ? 'passes' : 'translated'
    },
  }
}

/** Every route on which models are called, as the gateway mounts them, by what is spoken there. */
export const CALLERS_SURFACES: readonly CallersSurface[] = [
  ...Map.groupBy(SURFACES, (surface) => surface.dialect({ path: surface.path, query: '' })).values(),
].map(surfaceFor)

/** A vendor, or what it serves of one kind: where the dialect goes by the model, one model of each family. */
export interface Served {
  label: string
  vendor: Vendor
  model: string
}

const OPENAI = { '': 'gpt-5-nano', 'models of Responses alone': 'gpt-5-pro' }

/** Of vendors whose dialect goes by the model: a model of each family. That without a name is the usual one. */
export const FAMILIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  openai: OPENAI,
  azure: OPENAI,
  vertex: { Gemini: 'gemini-3.5-flash', Claude: 'claude-opus-5', others: 'meta/llama-4-scout-17b-16e-instruct-maas' },
}

/** All that is served by these vendors. */
export function servedBy(vendors: Iterable<Vendor>): Served[] {
  return [...vendors].flatMap((vendor) => {
    const families = Object.entries(FAMILIES[vendor.kind] ?? {})
    if (families.length === 0) return [{ label: `\`${vendor.kind}\``, vendor, model: 'any' }]
    return families.map(([family, model]) => ({ label: `\`${vendor.kind}\`${family === '' ? '' : ` (${family})`}`, vendor, model }))
  })
}
