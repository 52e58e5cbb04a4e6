import type { Outbound } from '../edge.ts'
import type { FetchedMedia, MediaFetcher } from './fetch-media.ts'

/** Fetches for one request: each URL once, for the several deployments that it may be tried at, until the caller goes away. */
export function once(fetchMedia: MediaFetcher, outbound: Pick<Outbound, 'onGone'>): (url: string) => Promise<FetchedMedia> {
  const fetched = new Map<string, Promise<FetchedMedia>>()
  let gone: AbortController | undefined
  return (url) => {
    const known = fetched.get(url)
    if (known !== undefined) return known
    if (gone === undefined) {
      const controller = new AbortController()
      outbound.onGone(() => controller.abort())
      gone = controller
    }
    const media = fetchMedia(url, gone.signal)
    fetched.set(url, media)
    return media
  }
}
