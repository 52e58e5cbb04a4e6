import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Denial } from '@faregate/core'
import type { Inbound } from '../../edge.ts'

/** Longer bodies are not compared, packed or unpacked. */
export const MOST_CHECKED_BYTES = 1024 * 1024

const DECODERS: Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  identity: (body) => Promise.resolve(body),
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
}

type Headers = Record<string, string | string[] | undefined>

/** A body without its encoding; undefined: it is longer than what is compared, or in an encoding that is not read. */
export async function unpacked(body: Buffer, { 'content-encoding': encoding = 'identity' }: Headers): Promise<Buffer | undefined> {
  const decode = DECODERS[String(encoding).trim().toLowerCase()]
  try {
    return await decode?.(body, { maxOutputLength: MOST_CHECKED_BYTES })
  } catch {
    return undefined
  }
}

/** Whether a head says of its body that it is longer. */
export function isTooLong({ 'content-length': length }: Headers): boolean {
  return typeof length === 'string' && Number(length) > MOST_CHECKED_BYTES
}

/**
 * Takes the body of a request from the caller, as far as it is compared, and leaves it with the request; undefined: it is longer, and
 * goes on as it comes. A large one takes room, or is refused. Rejects where the caller goes away.
 */
export async function takenBody(inbound: Inbound): Promise<Buffer | Denial | undefined> {
  const { unread, room, headers } = inbound
  if (unread === undefined) return inbound.body
  const { 'content-length': length } = headers
  const declared = length === undefined ? undefined : Number(length)
  let free = room?.free ?? MOST_CHECKED_BYTES
  const makeRoom = async (): Promise<Denial | undefined> => {
    free = MOST_CHECKED_BYTES
    return room?.take(declared ?? MOST_CHECKED_BYTES)
  }
  const full = declared !== undefined && declared > free ? await makeRoom() : undefined
  if (full !== undefined) return full
  const source = unread()[Symbol.asyncIterator]()
  const pieces: Buffer[] = []
  let size = 0
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    pieces.push(next.value)
    size += next.value.length
    if (size > MOST_CHECKED_BYTES) {
      inbound.unread = () => continued(pieces, source)
      return undefined
    }
    const refused = size > free ? await makeRoom() : undefined
    if (refused !== undefined) {
      await source.return?.()
      return refused
    }
  }
  inbound.body = Buffer.concat(pieces, size)
  delete inbound.unread
  return inbound.body
}

/** What came, and then the rest. */
async function* continued(pieces: readonly Buffer[], source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* pieces
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}
