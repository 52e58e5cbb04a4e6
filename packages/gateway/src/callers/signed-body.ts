import { createHash } from 'node:crypto'
import type { Denial } from '@faregate/core'
import { badCredential } from './bad-credential.ts'

/** A body of which the hash was signed (RFC 9530). */
export class SignedBody {
  readonly #algorithm: 'sha256' | 'sha512'
  readonly #expected: Buffer
  #forged = false

  constructor(algorithm: 'sha256' | 'sha512', expected: Buffer) {
    this.#algorithm = algorithm
    this.#expected = expected
  }

  /** `Content-Digest` as it was signed; undefined: it names no hash that is known here. */
  static read(header: string): SignedBody | undefined {
    const [, length, hash] = /(?:^|,\s*)sha-(256|512)=:([A-Za-z0-9+/]+={0,2}):/.exec(header) ?? []
    if (length === undefined || hash === undefined) return undefined
    return new SignedBody(length === '256' ? 'sha256' : 'sha512', Buffer.from(hash, 'base64'))
  }

  /** The body as it comes. Its last piece waits until all of it is what was signed: otherwise nobody gets a whole one. */
  async *checked(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
    const hash = createHash(this.#algorithm)
    let last: Buffer | undefined
    for await (const chunk of chunks) {
      hash.update(chunk)
      if (last !== undefined) yield last
      last = chunk
    }
    if (!hash.digest().equals(this.#expected)) {
      this.#forged = true
      throw new Error('the body is not what was signed')
    }
    if (last !== undefined) yield last
  }

  /** Why a body that is here as a whole is refused; undefined: it is the one that was signed. */
  judge(body: Buffer): Denial | undefined {
    this.#forged = !createHash(this.#algorithm).update(body).digest().equals(this.#expected)
    return this.refusal()
  }

  /** Once it was read: why it is refused; undefined: it is not. */
  refusal(): Denial | undefined {
    return this.#forged ? badCredential('The signature', 'The body is not the one whose hash was signed in "Content-Digest".') : undefined
  }
}
