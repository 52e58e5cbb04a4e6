interface Node<T> {
  below: Map<string, Node<T>>
  value?: T
}

/** What was found by the beginning of a path: what is published there, and the rest of the path (empty, or from its slash on). */
export interface Prefixed<T> {
  value: T
  rest: string
}

/** What is published below which prefix, as a tree of segments: looking one up takes as long as the path has segments. */
export class Prefixes<T> {
  readonly #root: Node<T> = { below: new Map() }

  /** A second value for the same prefix is left out. */
  constructor(entries: Iterable<readonly [prefix: string, value: T]>) {
    for (const [prefix, value] of entries) {
      let node = this.#root
      for (const segment of prefix.slice(1).split('/')) {
        const next: Node<T> = node.below.get(segment) ?? { below: new Map() }
        node.below.set(segment, next)
        node = next
      }
      node.value ??= value
    }
  }

  /** The longest prefix of the path wins; prefixes end with a segment. */
  find(path: string): Prefixed<T> | undefined {
    let node = this.#root
    let found: Prefixed<T> | undefined
    let from = 1
    while (from <= path.length) {
      const slash = path.indexOf('/', from)
      const end = slash === -1 ? path.length : slash
      const next = node.below.get(path.slice(from, end))
      if (next === undefined) return found
      node = next
      if (node.value !== undefined) found = { value: node.value, rest: path.slice(end) }
      from = end + 1
    }
    return found
  }
}
