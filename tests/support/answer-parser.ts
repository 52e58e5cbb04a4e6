/** One answer, taken off a raw connection. */
export interface RawAnswer {
  status: number
  /** Lower-case names; repeated ones joined by a comma. */
  headers: Map<string, string>
  body: Buffer
}

interface Head {
  status: number
  headers: Map<string, string>
  /** How the body ends: after so many bytes, with its last chunk, or with the connection. */
  ends: number | 'chunked' | 'close'
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')

/**
 * Reads the answers on one connection, strictly: whatever RFC 9112 does not allow a server to send throws. Own code,
 * because node's parser is the one under test on the other side.
 */
export class AnswerParser {
  /** Whether the next answer is to a HEAD: it has no body, whatever its head says. */
  headOnly = false
  #held: Buffer = Buffer.alloc(0)
  #head: Head | undefined
  #chunks: Buffer[] = []

  /** The answers that are whole by now; interim ones (1xx) are passed over. */
  push(piece: Buffer): RawAnswer[] {
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece])
    const answers: RawAnswer[] = []
    for (let answer = this.#next(); answer !== undefined; answer = this.#next()) if (answer.status >= 200) answers.push(answer)
    return answers
  }

  /** The connection is closed: the answer that this completes, if one is. Throws if one is cut off. */
  close(): RawAnswer | undefined {
    const head = this.#head
    if (head === undefined) {
      if (this.#held.length > 0) throw new Error(`cut off in the head of an answer: ${this.#held.toString('latin1', 0, 200)}`)
      return undefined
    }
    if (head.ends !== 'close') throw new Error(`cut off in the body of an answer with status ${head.status}`)
    return this.#whole(head, this.#held)
  }

  /** True between two answers. */
  get idle(): boolean {
    return this.#head === undefined && this.#held.length === 0
  }

  #next(): RawAnswer | undefined {
    this.#head ??= this.#readHead()
    const head = this.#head
    if (head === undefined || head.ends === 'close') return undefined
    if (head.ends === 'chunked') return this.#readChunks() ? this.#whole(head, Buffer.concat(this.#chunks)) : undefined
    if (this.#held.length < head.ends) return undefined
    return this.#whole(head, this.#take(head.ends))
  }

  #whole(head: Head, body: Buffer): RawAnswer {
    this.#head = undefined
    this.#chunks = []
    return { status: head.status, headers: head.headers, body }
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return taken
  }

  #readHead(): Head | undefined {
    const end = this.#held.indexOf(HEAD_END)
    if (end < 0) {
      if (this.#held.length > 65_536) throw new Error('a head of more than 64 KiB')
      return undefined
    }
    const [first = '', ...lines] = this.#take(end + HEAD_END.length)
      .toString('latin1', 0, end)
      .split('\r\n')
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/.exec(first)?.[1])
    if (Number.isNaN(status)) throw new Error(`not a status line: ${first.slice(0, 200)}`)
    const headers = new Map<string, string>()
    for (const line of lines) addHeader(headers, line)
    return { status, headers, ends: this.#endOf(status, headers) }
  }

  #endOf(status: number, headers: Map<string, string>): Head['ends'] {
    const length = headers.get('content-length')
    const coding = headers.get('transfer-encoding')
    if (length !== undefined && coding !== undefined) throw new Error('both Content-Length and Transfer-Encoding')
    if (length !== undefined && !/^\d+$/.test(length)) throw new Error(`Content-Length: ${length}`)
    if (coding !== undefined && coding !== 'chunked') throw new Error(`Transfer-Encoding: ${coding}`)
    if (this.headOnly || status < 200 || status === 204 || status === 304) return 0
    if (coding !== undefined) return 'chunked'
    return length === undefined ? 'close' : Number(length)
  }

  /** True once the last chunk is read. */
  #readChunks(): boolean {
    for (;;) {
      const line = this.#held.indexOf(LINE_END)
      if (line < 0) return false
      const size = this.#held.toString('latin1', 0, line)
      if (!/^[0-9a-fA-F]+$/.test(size)) throw new Error(`not a chunk size: ${size.slice(0, 100)}`)
      const length = Number.parseInt(size, 16)
      const end = line + 2 + length + 2
      if (this.#held.length < end) return false
      if (this.#held.toString('latin1', end - 2, end) !== '\r\n') throw new Error('a chunk does not end where it says')
      this.#chunks.push(this.#take(end).subarray(line + 2, end - 2))
      if (length === 0) return true
    }
  }
}

function addHeader(headers: Map<string, string>, line: string): void {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/.exec(line)
  if (match === null) throw new Error(`not a header: ${line.slice(0, 200)}`)
  const [, name = '', value = ''] = match
  const known = headers.get(name.toLowerCase())
  if (known !== undefined && /^(content-length|transfer-encoding|content-type)$/i.test(name)) throw new Error(`${name} twice`)
  headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
}
