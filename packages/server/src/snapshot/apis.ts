import { servedReleases, type ApiEntry, type HttpApi, type PromptApi, type Snapshot } from '@faregate/core'
import {
  nearest,
  type ApiDirectory,
  type CallerBook,
  type PublishedApi,
  type PublishedModels,
  type PublishedPrompt,
  type UpstreamBook,
} from '@faregate/gateway'
import { compilePrompt, madeDocument, Prefixes, readPath, RouteTable } from '@faregate/lifecycle'
import { promptDialect } from '@faregate/wire'
import type { Contracts } from '../apis/contracts.ts'

type Published = PublishedApi | PublishedPrompt | PublishedModels

/**
 * The published APIs of the configuration in force, compiled once for each: an entry that did not change is not compiled again.
 * `bodyBytes`: what may be asked of a model at most, as if its caller had sent it.
 */
export function apiDirectory(
  snapshot: () => Snapshot,
  upstreams: Pick<UpstreamBook, 'compile' | 'keep'>,
  contracts: Pick<Contracts, 'of'>,
  callers: Pick<CallerBook, 'compile'>,
  { bodyBytes }: { bodyBytes: number },
): ApiDirectory {
  const compiled = new WeakMap<ApiEntry, Published>()
  let current: ReadonlyMap<string, ApiEntry> | undefined
  let prefixes = new Prefixes<Published>([])
  const published = (entry: ApiEntry): Published => {
    const known = compiled.get(entry) ?? make(entry)
    compiled.set(entry, known)
    return known
  }
  const alone = (entry: ApiEntry): Published => {
    const schemes = callers.compile(entry)
    if (entry.kind === 'model') return { kind: 'model', entry, schemes, document: () => madeDocument(entry.name, entry) }
    if (entry.kind === 'prompt') return publishPrompt(entry, schemes, bodyBytes)
    return publish(entry, upstreams.compile(entry), schemes, contracts.of(entry))
  }
  const make = (entry: ApiEntry): Published => {
    const { canary } = entry
    // What kind of API it is, it stays.
    return canary === undefined ? alone(entry) : ({ ...alone(entry), canary: { ...canary, entry: alone(canary.entry) } } as Published)
  }
  return {
    find(path) {
      const inForce = snapshot()
      const { apis, staged } = inForce
      if (apis !== current) {
        current = apis
        upstreams.keep(servedReleases(inForce))
        prefixes = new Prefixes([...apis.values(), ...staged.values()].map((entry) => [entry.prefix, published(entry)]))
      }
      return prefixes.find(path)
    },
  }
}

function publishPrompt(entry: PromptApi, schemes: PublishedPrompt['schemes'], bodyBytes: number): PublishedPrompt {
  return {
    kind: 'prompt',
    entry,
    schemes,
    dialect: promptDialect(entry.prompt, compilePrompt(entry.prompt, bodyBytes)),
    document: () => madeDocument(entry.name, entry),
  }
}

function publish(
  entry: HttpApi,
  upstream: PublishedApi['upstream'],
  schemes: PublishedApi['schemes'],
  contract: PublishedApi['contract'],
): PublishedApi {
  const table = new RouteTable(entry.routes)
  const encodedSlashes = entry.encodedSlashes ?? 'refuse'
  return {
    kind: 'http',
    entry,
    upstream,
    schemes,
    ...(contract === undefined ? {} : { contract }),
    route(method, rest) {
      const read = readPath(rest, encodedSlashes)
      if (!read.ok) return { kind: 'unreadable', reason: read.reason }
      const found = table.find(method, read.segments)
      if (found.kind !== 'nothing') return found
      return { kind: 'nothing', didYouMean: neighbours(table, entry.prefix, { method, segments: read.segments, ...found }) }
    },
  }
}

interface Missed {
  method: string
  segments: string[]
  fitting: number
  literals: string[]
}

/** Paths that are there, and differ from the one that was asked for in one segment. */
function neighbours(table: RouteTable, prefix: string, { method, segments, fitting, literals }: Missed): string[] {
  return nearest(segments[fitting] ?? '', literals).flatMap((literal): string[] => {
    const corrected = segments.with(Math.min(fitting, segments.length - 1), literal)
    const found = table.find(method, corrected)
    return found.kind === 'route' && !found.route.off ? [`${prefix}/${corrected.map(encodeURIComponent).join('/')}`] : []
  })
}
