import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Transform } from 'node:stream'

/** Undoes a content encoding chunk by chunk. Upstreams are asked for `identity`; some compress all the same. */
export interface Decoder {
  push(chunk: Buffer): void
  /** Calls back when the last decoded chunk is out; not where the encoding is broken. */
  end(done: () => void): void
  /** Nothing more comes out until `resume`, however far what came in inflates. */
  pause(): void
  resume(): void
  /** Gives its memory back when the call is aborted. */
  destroy(): void
}

/** The decoder of a `Content-Encoding`, or undefined where there is nothing to undo. */
export function decoderFor(
  encoding: string | string[] | undefined,
  emit: (chunk: Buffer) => void,
  broken: (error: Error) => void,
): Decoder | undefined {
  const stream = transformFor(encoding)
  if (stream === undefined) return undefined
  let failure: Error | undefined
  let finish: (() => void) | undefined
  stream.on('data', emit)
  stream.once('error', (error) => {
    failure = error
    broken(error)
  })
  stream.once('end', () => finish?.())
  return {
    push: (chunk) => {
      if (failure === undefined) stream.write(chunk)
    },
    end: (done) => {
      finish = done
      if (failure === undefined) stream.end()
    },
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    destroy: () => void stream.destroy(),
  }
}

function transformFor(encoding: string | string[] | undefined): Transform | undefined {
  switch (
    String(encoding ?? 'identity')
      .trim()
      .toLowerCase()
  ) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ flush: constants.Z_SYNC_FLUSH })
    case 'deflate':
      return createInflate({ flush: constants.Z_SYNC_FLUSH })
    case 'br':
      return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
    default:
      return undefined
  }
}
