import { BadExport } from './bad-export.ts'
import { exactOf } from './exact.ts'

type Path = readonly (string | number)[]

/** A value of a JSON file is not what it should be; {@link placed} says where it stands. */
export class JsonProblem extends Error {
  readonly path: Path

  constructor(path: Path, problem: string) {
    super(`${path.join('.')} ${problem}`)
    this.path = path
  }
}

/** A value of a JSON file, read by what it should be. */
export class JsonValue {
  readonly #path: Path
  readonly value: unknown

  constructor(value: unknown, path: Path = []) {
    this.#path = path
    this.value = value
  }

  /** A member; of what is no object, one that is not there. */
  member(name: string): JsonValue {
    const { value } = this
    const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
    return new JsonValue(members[name], [...this.#path, name])
  }

  has(name: string): boolean {
    return this.member(name).value !== undefined
  }

  /** The items of a list. @throws JsonProblem */
  items(): JsonValue[] {
    const { value } = this
    if (!Array.isArray(value)) return this.refuse('is not a list')
    return value.map((item, index) => new JsonValue(item, [...this.#path, index]))
  }

  /** Text; null where there is none. @throws JsonProblem */
  text(): string | null {
    const { value } = this
    if (value === undefined || value === null) return null
    return typeof value === 'string' ? value : this.refuse('is not text')
  }

  /** A count; 0 where there is none. @throws JsonProblem */
  count(): number {
    const { value } = this
    if (value === undefined || value === null) return 0
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : this.refuse('is not a whole number')
  }

  /** An amount as number or text, in units of 1e-18. @throws JsonProblem */
  amount(): bigint {
    const { value } = this
    const amount = typeof value === 'number' || typeof value === 'string' ? exactOf(String(value)) : undefined
    return amount ?? this.refuse('is not an amount')
  }

  /** The day in UTC of a time: seconds since the epoch, ISO 8601, or a date. @throws JsonProblem */
  day(): string {
    const { value } = this
    const at = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN
    return Number.isNaN(at) || Math.abs(at) > 8e15 ? this.refuse('is not a time') : new Date(at).toISOString().slice(0, 10)
  }

  refuse(problem: string): never {
    throw new JsonProblem(this.#path, problem)
  }
}

/** Reads JSON. @throws BadExport */
export function readJson(file: string, text: string): JsonValue {
  try {
    return new JsonValue(JSON.parse(text))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    const [, line = '1', column] = /line (\d+) column (\d+)/.exec(problem) ?? []
    throw new BadExport(
      { file, line: Number(line), column: column === undefined ? undefined : Number(column) },
      `this is not JSON: ${problem}`,
    )
  }
}

/** The same with the place in the file, which is read once more for that, by a parser that keeps places. */
export async function placed(file: string, text: string, { path, message }: JsonProblem): Promise<BadExport> {
  const { isNode, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, schema: 'json' })
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (!isNode(node) || node.range === undefined || node.range === null) continue
    const { line, col } = lines.linePos(node.range[0])
    return new BadExport({ file, line, column: col }, message)
  }
  return new BadExport({ file, line: 1 }, message)
}
