import {
  DEFAULT_CHARGE_ON,
  meteredPrice,
  parseAmount,
  type ApiRoute,
  type ChargedClass,
  type MeteredPrice,
  type Nano,
  type RouteRetirement,
} from '@faregate/core'

/** A route as requests are matched with it. */
export interface CompiledRoute {
  /** As people name it: `GET /forecast/{city}`. */
  name: string
  /** Of one call, nano-units; 0 where it is declared free, undefined where it says nothing. */
  price: Nano | undefined
  /** What goes through it costs something beside that. */
  metered?: MeteredPrice
  /** Whether an answer of this status is charged. */
  charges(status: number): boolean
  /** Switched off: whoever calls it is told so. */
  off: boolean
  /** It takes handshakes of WebSockets and nothing else. */
  webSocket: boolean
  path: string
  /** How it goes; undefined: it stays. */
  retirement: RouteRetirement | undefined
}

export type Match =
  | { kind: 'route'; route: CompiledRoute }
  /** The path is there, for other methods. */
  | { kind: 'method'; allow: string[] }
  /** So many segments fit; these are literals that could stand in the place of the next. */
  | { kind: 'nothing'; fitting: number; literals: string[] }

/** Absent: nothing of the kind. Most of a large table is nodes with one member, and what is there is marked at each collection. */
interface Node {
  literals: Map<string, Node> | undefined
  parameter: Node | undefined
  /** Routes that end here, and routes that take whatever follows, by method. */
  here: ByMethod | undefined
  rest: ByMethod | undefined
}

type ByMethod = Map<string, CompiledRoute>

interface Search {
  segments: readonly string[]
  method: string
  allow: Set<string>
  /** The deepest node that was reached, and how deep it lies. */
  deepest: Node
  depth: number
}

/** More neighbours than these are not looked at for a hint. */
const MOST_LITERALS = 200

/**
 * The routes of an API as a tree of segments: finding one visits only nodes that fit the path, each once, however many
 * routes there are. A literal goes before a parameter, a parameter before `*`, a method before any method.
 */
export class RouteTable {
  readonly #root = emptyNode()

  constructor(routes: readonly ApiRoute[]) {
    for (const route of routes) this.#add(route)
  }

  #add(route: ApiRoute): void {
    const segments = segmentsOf(route.path)
    const open = segments.at(-1) === '*'
    if (open) segments.pop()
    let node = this.#root
    for (const segment of segments) node = isParameter(segment) ? (node.parameter ??= emptyNode()) : literalBelow(node, segment)
    const target = open ? (node.rest ??= new Map()) : (node.here ??= new Map())
    if (!target.has(route.method)) target.set(route.method, compiled(route))
  }

  /** The route of a request by its decoded segments. HEAD is found as GET. */
  find(method: string, segments: readonly string[]): Match {
    const asked = method === 'HEAD' ? 'GET' : method
    const search: Search = { segments, method: asked, allow: new Set(), deepest: this.#root, depth: 0 }
    const route = visit(this.#root, 0, search)
    if (route !== undefined) return { kind: 'route', route }
    if (search.allow.size > 0) return { kind: 'method', allow: allowed(search.allow) }
    return { kind: 'nothing', fitting: search.depth, literals: someOf(search.deepest.literals?.keys() ?? []) }
  }
}

function visit(node: Node, depth: number, search: Search): CompiledRoute | undefined {
  const segment = search.segments[depth]
  if (depth > search.depth) Object.assign(search, { deepest: node, depth })
  if (segment === undefined) return pick(node.here, search) ?? pick(node.rest, search)
  const literal = node.literals?.get(segment)
  return (
    (literal && visit(literal, depth + 1, search)) ??
    (node.parameter && visit(node.parameter, depth + 1, search)) ??
    pick(node.rest, search)
  )
}

function pick(routes: ByMethod | undefined, { method, allow }: Search): CompiledRoute | undefined {
  if (routes === undefined) return undefined
  const found = routes.get(method) ?? (ANY.has(method) ? routes.get('*') : undefined)
  if (found === undefined) for (const other of routes.keys()) allow.add(other)
  return found
}

const ANY = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

function allowed(methods: Set<string>): string[] {
  const named = methods.has('*') ? [...ANY] : [...ANY].filter((method) => methods.has(method))
  return named.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

function compiled({ method, path, price, metered, free, off, webSocket, retirement, chargeOn }: ApiRoute): CompiledRoute {
  return {
    name: `${method} ${path}`,
    price: free === true ? 0n : priceOf(price, metered !== undefined),
    ...(metered === undefined || free === true ? {} : { metered: meteredPrice(metered) }),
    charges: webSocket === true ? opened : chargeOn === undefined ? chargedByDefault : chargedOn(chargeOn),
    off: off === true,
    webSocket: webSocket === true,
    path,
    retirement,
  }
}

/** What is metered need not cost anything beside that. */
function priceOf(price: string | undefined, metered: boolean): Nano | undefined {
  if (price === undefined) return metered ? 0n : undefined
  return parseAmount(price)
}

function chargedOn(chargeOn: readonly ChargedClass[]): CompiledRoute['charges'] {
  const classes = new Set(chargeOn.map((name) => Number(name[0])))
  return (status) => classes.has(Math.floor(status / 100))
}

/** Of a WebSocket, the connection that opens: whatever else is answered, none did. */
const opened: CompiledRoute['charges'] = (status) => status === 101

const chargedByDefault = chargedOn(DEFAULT_CHARGE_ON)

function emptyNode(): Node {
  return { literals: undefined, parameter: undefined, here: undefined, rest: undefined }
}

function literalBelow(node: Node, segment: string): Node {
  const literals = (node.literals ??= new Map<string, Node>())
  const next = literals.get(segment) ?? emptyNode()
  literals.set(segment, next)
  return next
}

function someOf(names: Iterable<string>): string[] {
  const some: string[] = []
  for (const name of names) {
    if (some.length === MOST_LITERALS) break
    some.push(name)
  }
  return some
}

/** The segments of a route's path; none of `/`. */
export function segmentsOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

export function isParameter(segment: string): boolean {
  return segment.startsWith('{')
}
