import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import type { SourceMapPayload } from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A `.cpuprofile` as V8 writes it; times in microseconds on the clock of `process.hrtime`. */
export interface CpuProfile {
  nodes: ProfileNode[]
  startTime: number
  samples: number[]
  timeDeltas: number[]
}

interface ProfileNode {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
  children?: number[]
}

/** Where a function belongs, and how a reader finds it. */
export interface Place {
  area: string
  name: string
}

export const IDLE = '(idle)'

const ENGINE = new Map([
  ['(idle)', IDLE],
  ['(program)', 'kernel and other native code'],
  ['(garbage collector)', 'garbage collection'],
])

/** The first that matches; of a native function without a file the name. */
const NATIVE: [RegExp, string][] = [
  [/^(parse|stringify)$/, 'JSON'],
  [/^(writev?|write(Utf8|Latin1|Ascii)String|writeBuffer|shutdown|readStart|readStop)$/, 'writing to sockets'],
  [/^(postMessage|receiveMessageOnPort)$/, 'messages between threads'],
]

const NODE_MODULES: [RegExp, string][] = [
  [/^node:(_http|internal\/http)/, 'node:http'],
  [/^node:(net|internal\/(stream_base|streams|net)|stream)/, 'sockets and streams'],
  [/^node:internal\/(worker|per_context\/messageport|event_target)/, 'messages between threads'],
  [/^node:(crypto|internal\/crypto)/, 'cryptography'],
  [/^node:(buffer|internal\/buffer|internal\/encoding|string_decoder)/, 'buffers and text'],
]

/** The place of every function of a profile, by the id of its node; bundles are looked up in their source maps. */
export function placesOf(profile: CpuProfile): Map<number, Place> {
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const places = new Map<number, Place>()
  // A parent comes before its children.
  for (const node of profile.nodes) places.set(node.id, placeOf(node, places.get(parents.get(node.id) ?? -1)))
  return places
}

function placeOf({ callFrame }: ProfileNode, parent: Place | undefined): Place {
  const { functionName, url } = callFrame
  const name = functionName === '' ? '(anonymous)' : functionName
  const engine = ENGINE.get(name)
  if (engine !== undefined) return { area: engine, name }
  if (url === '') return { area: firstMatch(NATIVE, name) ?? parent?.area ?? 'Node', name }
  if (url.startsWith('wasm:')) return { area: 'undici', name: `${name} (WebAssembly)` }
  if (url.startsWith('node:')) return { area: firstMatch(NODE_MODULES, url) ?? 'Node, the rest', name: `${name} (${url})` }
  const { source, line } = original(callFrame)
  return { area: areaOfSource(source), name: `${name} (${source}:${line})` }
}

function firstMatch(table: [RegExp, string][], text: string): string | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1]
}

function areaOfSource(source: string): string {
  const installed = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]
  if (installed !== undefined) return installed
  return /packages\/[^/]+/.exec(source)?.[0] ?? basename(source)
}

const maps = new Map<string, SourceMap | undefined>()

function original({ url, lineNumber, columnNumber }: ProfileNode['callFrame']): { source: string; line: number } {
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`))
  const entry = maps.get(file)?.findEntry(lineNumber, columnNumber)
  if (entry === undefined || !('originalSource' in entry)) return { source: shortened(file), line: lineNumber + 1 }
  return { source: shortened(resolve(dirname(file), entry.originalSource)), line: entry.originalLine + 1 }
}

function readMap(file: string): SourceMap | undefined {
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload) : undefined
}

/** From the repository's own folders on. */
function shortened(path: string): string {
  return /(?:packages|node_modules)\/(?!\.cache).*$/.exec(path)?.[0] ?? basename(path)
}
