import { isUtf8 } from 'node:buffer'
import type { CallerRequest, Invalid } from '../dialect.ts'
import { invalid } from '../input/body.ts'
import { readParts, type Part } from './multipart.ts'

/** A form whose billed fields are there once each, and fields where they must be. */
export class Form {
  readonly body: Buffer
  readonly contentType: string
  readonly #parts: readonly Part[]

  private constructor(body: Buffer, contentType: string, parts: readonly Part[]) {
    this.body = body
    this.contentType = contentType
    this.#parts = parts
  }

  /** Reads the form of a call. `billed`: fields that decide what is billed, which no two parsers may read differently. */
  static read({ body, headers }: Pick<CallerRequest, 'body' | 'headers'>, billed: ReadonlySet<string>): { ok: true; form: Form } | Invalid {
    const contentType = headers['content-type']
    const read = readParts(body, contentType)
    if (!read.ok) return read
    const form = new Form(body, String(contentType), read.parts)
    const odd = read.parts.find(({ name }) => billed.has(plain(name)) && !form.#isPlainField(name))
    if (odd !== undefined)
      return invalid(`/${odd.name}`, `\`${odd.name}\` can be read in more than one way: send \`${plain(odd.name)}\` once, as text`)
    return { ok: true, form }
  }

  #isPlainField(name: string): boolean {
    const [part, ...others] = this.#parts.filter((candidate) => plain(candidate.name) === plain(name))
    if (part === undefined || others.length > 0 || part.name !== plain(part.name) || part.filename !== undefined) return false
    return isUtf8(this.body.subarray(part.start, part.end))
  }

  /** The text of a field; undefined where there is none. */
  field(name: string): string | undefined {
    const part = this.#parts.find((candidate) => candidate.name === name)
    return part === undefined ? undefined : this.body.toString('utf8', part.start, part.end)
  }

  /** The content of every part of these names. */
  contents(...names: string[]): Buffer[] {
    return this.#parts.filter(({ name }) => names.includes(name)).map(({ start, end }) => this.body.subarray(start, end))
  }

  /** The body with another text in a field, and every other byte as it is. */
  withField(name: string, value: string): Buffer {
    const part = this.#parts.find((candidate) => candidate.name === name)
    if (part === undefined || this.field(name) === value) return this.body
    return Buffer.concat([this.body.subarray(0, part.start), Buffer.from(value), this.body.subarray(part.end)])
  }
}

/** The text of a field of a form; undefined where the body is no form, or has no such field. */
export function formField(call: Pick<CallerRequest, 'body' | 'headers'>, name: string): string | undefined {
  const read = Form.read(call, new Set([name]))
  return read.ok ? read.form.field(name) : undefined
}

/** How parsers of forms that make lists or objects of names, or fold their case, read a name. */
function plain(name: string): string {
  return name.replace(/\[.*$/s, '').trim().toLowerCase()
}
