import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { pointerOf, type Finding, type Path, type Remark } from './finding.ts'

/** So many uses of one YAML anchor are followed: beyond it, a few lines would stand for gigabytes. */
const MOST_ALIASES = 100

/** A text in YAML or JSON, which is YAML as well: its value, and on which line each part of it is. */
export class Source {
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  /** Undefined where the text cannot be read. */
  readonly value: unknown
  /** What is wrong with the text itself. */
  readonly findings: Finding[]

  constructor(text: string) {
    this.#lines = new LineCounter()
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true })
    this.findings = this.#document.errors.map(({ message, pos }) => ({
      level: 'error',
      rule: 'text-unreadable',
      message: `the text is neither JSON nor YAML: ${message}`,
      pointer: '',
      ...this.#placeAt(pos[0]),
    }))
    if (this.findings.length > 0) return
    try {
      this.value = this.#document.toJS({ maxAliasCount: MOST_ALIASES })
    } catch (error) {
      this.findings.push(this.locate({ level: 'error', rule: 'text-unreadable', message: String(error), path: [] }))
    }
  }

  /** A remark with the line of the deepest part of its path that is in the text. */
  locate({ path, ...remark }: Remark): Finding {
    return { ...remark, pointer: pointerOf(path), ...this.#placeAt(this.#offsetOf(path)) }
  }

  #offsetOf(path: Path): number {
    let node: unknown = this.#document.contents
    let offset = isNode(node) ? startOf(node) : 0
    for (const part of path) {
      const found = below(node, part)
      if (found === undefined) break
      node = found.node
      offset = found.offset
    }
    return offset
  }

  #placeAt(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}

/** A member by its name, which is where it begins, or an item of a list. */
function below(node: unknown, part: string | number): { node: unknown; offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair === undefined ? undefined : { node: pair.value, offset: isNode(pair.key) ? startOf(pair.key) : 0 }
  }
  const item = isSeq(node) ? node.items[Number(part)] : undefined
  return isNode(item) ? { node: item, offset: startOf(item) } : undefined
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}
