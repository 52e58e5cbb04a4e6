/**
 * The order in which tool calls of a stream become blocks. Vendors that number their calls may send fragments of one while
 * another runs; blocks never overlap (S3). The running block stays open until its arguments are whole or another call goes
 * on; what comes for a call whose turn it is not waits. Where vendors send one call after the other, nothing waits but the
 * beginning of a call that follows one without arguments.
 */
export interface QueuedCall {
  call: number
  id: string
  name: string
  /** Arguments that came while it waited. */
  text: string
}

/** What is to be written for one event. */
export type ToolWrite = { open: QueuedCall } | { text: string }

/** Arguments that wait for their turn; more than this of them ends the stream in error. In characters. */
const MOST_WAITING = 1024 * 1024

export class ToolBlocks {
  #running: { call: number; whole: WholeJson } | undefined
  readonly #waiting: QueuedCall[] = []
  #waitingLength = 0

  /** A call begins. */
  begin(call: QueuedCall): ToolWrite[] {
    if (this.#running === undefined) return this.#open(call)
    this.#waiting.push(call)
    return this.#advance()
  }

  /** Arguments of a call go on. */
  add(call: number, text: string): ToolWrite[] {
    if (this.#running?.call === call) {
      this.#running.whole.push(text)
      return [{ text }, ...this.#advance()]
    }
    const waiting = this.#waiting.find((queued) => queued.call === call)
    if (waiting === undefined) return []
    this.#waitingLength += text.length
    if (this.#waitingLength > MOST_WAITING) throw new RangeError(`arguments of calls that wait are larger than ${MOST_WAITING} characters`)
    waiting.text += text
    return this.#advance()
  }

  /** Something else begins, or the answer ends: all that waits is written. */
  flush(): ToolWrite[] {
    const writes = this.#waiting.splice(0).flatMap((call) => this.#open(call))
    this.#running = undefined
    return writes
  }

  /** Opens what waits as long as nothing more can be expected for the block that is open. */
  #advance(): ToolWrite[] {
    const writes: ToolWrite[] = []
    while (this.#waiting.length > 0 && this.#isOver()) {
      const next = this.#waiting.shift()
      if (next !== undefined) writes.push(...this.#open(next))
    }
    return writes
  }

  /** Its arguments are whole, or it has none although a later call has. */
  #isOver(): boolean {
    const whole = this.#running?.whole
    if (whole === undefined || whole.reached) return true
    return !whole.begun && this.#waiting.some(({ text }) => text !== '')
  }

  #open(call: QueuedCall): ToolWrite[] {
    this.#running = { call: call.call, whole: new WholeJson() }
    this.#waitingLength -= call.text.length
    this.#running.whole.push(call.text)
    return [{ open: call }, ...(call.text === '' ? [] : [{ text: call.text }])]
  }
}

/** Whether fragments of JSON add up to a whole object. */
class WholeJson {
  begun = false
  #depth = 0
  #inString = false
  #escaped = false

  get reached(): boolean {
    return this.begun && this.#depth === 0
  }

  push(text: string): void {
    for (const sign of text) {
      if (this.#inString) this.#string(sign)
      else if (sign === '"') this.#inString = true
      else if (sign === '{' || sign === '[') this.#depth++
      else if (sign === '}' || sign === ']') this.#depth--
    }
    this.begun ||= text.trim() !== ''
  }

  #string(sign: string): void {
    if (this.#escaped) this.#escaped = false
    else if (sign === '\\') this.#escaped = true
    else if (sign === '"') this.#inString = false
  }
}
