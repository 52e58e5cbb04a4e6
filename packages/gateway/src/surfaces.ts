import { openaiChat, type Dialect } from '@faregate/wire'
import type { Inbound } from './edge.ts'

/** A route on which models are called, and what is spoken there. */
export interface Surface {
  /** As HTTP servers mount it: exact, or ending in `*`. */
  path: string
  /** Where the path holds more than its name. */
  pattern?: RegExp
  dialect(inbound: Pick<Inbound, 'path' | 'query'>): Dialect
}

/** Every route on which models are called. All take POST. */
export const SURFACES: readonly Surface[] = [{ path: '/v1/chat/completions', dialect: () => openaiChat }]

const EXACT = new Map(SURFACES.filter(({ pattern }) => pattern === undefined).map((surface) => [surface.path, surface]))
const PATTERNS = SURFACES.flatMap((surface) => (surface.pattern === undefined ? [] : [{ surface, pattern: surface.pattern }]))

/** The surface of a path; undefined where no model is called there. */
export function surfaceOf(path: string): Surface | undefined {
  return EXACT.get(path) ?? PATTERNS.find(({ pattern }) => pattern.test(path))?.surface
}

/** Where no model is called, or nothing at all, what a client there most likely parses. */
const NEIGHBOURS: [prefix: string, dialect: Dialect][] = []

/** The dialect of an error on a path that is no surface. */
export function envelopeOf(path: string): Dialect {
  return NEIGHBOURS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? openaiChat
}
