import { Agent, request } from 'undici'
import { sniffed } from '@faregate/wire'
import { checkedUrl, guardedLookup, UrlRefused } from './guard.ts'
import { isPublicAddress } from './public-address.ts'

/** Bytes that a caller's URL stands for. */
export interface FetchedMedia {
  mediaType: string
  /** Base64. */
  data: string
}

/** Fetches what a caller's URL points to; rejects with a {@link MediaRefused} that may be shown to the caller. */
export type MediaFetcher = (url: string, signal: AbortSignal) => Promise<FetchedMedia>

/** Why a URL was not fetched, in words for the caller. */
export class MediaRefused extends Error {
  override readonly name = 'MediaRefused'
}

export interface MediaLimits {
  bytes: number
  milliseconds: number
  /** Which addresses may be connected to, after names were resolved. */
  reachable: (address: string) => boolean
}

/** What models take in: everything else would only be read by whoever set the URL. */
const TYPES = /^(image\/(png|jpeg|gif|webp|heic|heif)|application\/pdf|text\/plain|audio\/[\w.+-]+|video\/[\w.+-]+)$/

export const MEDIA_LIMITS: MediaLimits = { bytes: 20 * 1024 * 1024, milliseconds: 10_000, reachable: isPublicAddress }

/**
 * A fetcher behind a guard against server-side request forgery: only http and https, on the usual ports, to addresses that
 * are reachable after the name was resolved (the very address that was checked is connected to), no redirects, bounded in
 * size and time, and only of types that a model takes.
 */
export function createMediaFetcher(limits: MediaLimits = MEDIA_LIMITS): MediaFetcher {
  const agent = new Agent({ connect: { lookup: guardedLookup(limits.reachable), timeout: limits.milliseconds } })
  return async (text, signal) => {
    const timed = AbortSignal.any([signal, AbortSignal.timeout(limits.milliseconds)])
    try {
      const url = checkedUrl(text, limits.reachable)
      const answer = await request(url, { dispatcher: agent, signal: timed, headers: { accept: '*/*', 'user-agent': 'faregate' } })
      if (answer.statusCode !== 200) {
        // What is cut off complains; nobody listens any more.
        answer.body.on('error', () => undefined).destroy()
        throw new MediaRefused(`it answers ${answer.statusCode} instead of the file`)
      }
      return await collected(answer.body, String(answer.headers['content-type'] ?? ''), limits)
    } catch (error) {
      throw refusalOf(error, timed)
    }
  }
}

async function collected(body: AsyncIterable<Buffer>, contentType: string, limits: MediaLimits): Promise<FetchedMedia> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limits.bytes) throw new MediaRefused(`it is larger than ${limits.bytes} bytes`)
    chunks.push(chunk)
  }
  const data = Buffer.concat(chunks).toString('base64')
  const mediaType = sniffed(data) ?? contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!TYPES.test(mediaType)) throw new MediaRefused(`its type "${mediaType.slice(0, 60)}" is nothing that a model takes`)
  return { mediaType, data }
}

function refusalOf(error: unknown, signal: AbortSignal): Error {
  if (error instanceof MediaRefused) return error
  const cause = error instanceof Error ? error.cause : undefined
  const refused = [error, cause].find((one) => one instanceof UrlRefused)
  if (refused instanceof UrlRefused) return new MediaRefused(refused.message)
  if (signal.aborted) return new MediaRefused('it does not answer in time')
  return new MediaRefused('it cannot be reached')
}
