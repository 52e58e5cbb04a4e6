import { isObject, type JsonObject } from '../json/object.ts'

/** A step into a value: the name of a member, or an index. */
type Step = string | number

interface Container {
  step: Step
  /** Members or elements so far. */
  count: number
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y

/**
 * Writes the JSON text of a call's arguments while they come in pieces (`partialArgs`: a path, and a part of the value there).
 * Values come in the order of the text, so only the path that is open now is kept, whatever the arguments' length.
 */
export class PartialArguments {
  /** The containers that are open, outermost first; each with the step that is open in it. */
  #open: Container[] = []
  /** A string at the open path has begun and not ended. */
  #inString = false
  #begun = false

  /** The text for these pieces. */
  write(pieces: unknown): string {
    if (!Array.isArray(pieces)) return ''
    return pieces.map((piece) => (isObject(piece) ? this.#piece(piece) : '')).join('')
  }

  /** The text for arguments that come whole; none where pieces came before. */
  whole(args: unknown): string {
    if (this.#begun || !isObject(args)) return ''
    this.#begun = true
    return JSON.stringify(args)
  }

  /** The text that ends the arguments. */
  end(): string {
    const begun = this.#begun ? '' : '{}'
    this.#begun = true
    return begun + this.#closeTo(0)
  }

  #piece(piece: JsonObject): string {
    const path = stepsOf(piece['jsonPath'])
    const value = valueOf(piece)
    if (path === undefined || value === undefined) return ''
    const { stringValue, willContinue } = piece
    const goesOn = this.#inString && typeof stringValue === 'string' && this.#isAt(path)
    const before = goesOn ? '' : this.#moveTo(path)
    if (typeof stringValue !== 'string') return before + JSON.stringify(value)
    const text = JSON.stringify(stringValue).slice(1, -1)
    this.#inString = willContinue === true
    return `${before}${goesOn ? '' : '"'}${text}${this.#inString ? '' : '"'}`
  }

  #isAt(path: Step[]): boolean {
    return path.length === this.#open.length && path.every((step, index) => this.#open[index]?.step === step)
  }

  /** Closes what does not lead to the path, opens what does, and stands before its value. */
  #moveTo(path: Step[]): string {
    let common = 0
    while (common < path.length - 1 && this.#open[common]?.step === path[common]) common++
    let text = this.#closeTo(Math.min(common + 1, this.#open.length))
    for (const [index, step] of path.entries()) {
      if (index < common) continue
      const container = this.#open[index]
      text += container === undefined ? this.#opening(step) : this.#next(container, step)
    }
    return text
  }

  #opening(step: Step): string {
    this.#begun = true
    const container: Container = { step, count: 0 }
    this.#open.push(container)
    return (typeof step === 'number' ? '[' : '{') + this.#next(container, step)
  }

  #next(container: Container, step: Step): string {
    const comma = container.count > 0 ? ',' : ''
    const skipped = typeof step === 'number' ? Math.max(0, Math.min(step - container.count, MOST_SKIPPED)) : 0
    container.step = step
    container.count += 1 + skipped
    return comma + 'null,'.repeat(skipped) + (typeof step === 'number' ? '' : `${JSON.stringify(step)}:`)
  }

  /** Closes the string and the containers beyond the first `depth`. */
  #closeTo(depth: number): string {
    let text = this.#inString ? '"' : ''
    this.#inString = false
    for (const { step } of this.#open.splice(depth).toReversed()) text += typeof step === 'number' ? ']' : '}'
    return text
  }
}

/** Elements that are passed over are null; more than this are a mistake. */
const MOST_SKIPPED = 1_000

/** The steps of a path (RFC 9535, names and indexes only); undefined where it is none. */
function stepsOf(path: unknown): Step[] | undefined {
  if (typeof path !== 'string' || !path.startsWith('$')) return undefined
  const steps: Step[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    if (match === null) return undefined
    const [, name, index, single, double] = match
    steps.push(index === undefined ? (name ?? unescaped(single ?? double ?? '')) : Number(index))
  }
  return steps.length === 0 || typeof steps[0] === 'number' ? undefined : steps
}

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, '$1')
}

/** The value of a piece; undefined where it has none. */
function valueOf({ stringValue, numberValue, boolValue, nullValue }: JsonObject): unknown {
  return stringValue ?? numberValue ?? boolValue ?? (nullValue === undefined ? undefined : null)
}
