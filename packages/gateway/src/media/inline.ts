import type { Conversation, Part, Source, UpstreamDialect } from '@faregate/wire'
import { MediaRefused, type FetchedMedia } from './fetch-media.ts'

/** A URL of the caller's that was not fetched: where it stands in the body, and why. */
export interface NotInlined {
  at: string
  why: string
}

/** So many are fetched for one request. */
const MOST_URLS = 20

/** The conversation with the bytes of its URLs, for upstreams that fetch none themselves (I1); or which could not be had. */
export async function withInlineMedia(
  conversation: Conversation,
  { inlines }: UpstreamDialect,
  fetchMedia: (url: string) => Promise<FetchedMedia>,
): Promise<Conversation | NotInlined> {
  if (inlines === undefined) return conversation
  const wanted = conversation.turns.flatMap(({ parts }) => parts.flatMap(withNested)).filter((part) => needsBytes(part, inlines))
  if (wanted.length === 0) return conversation
  const [beyond] = wanted.slice(MOST_URLS)
  if (beyond !== undefined) return { at: beyond.at, why: `more than ${MOST_URLS} URLs are not fetched for one request` }
  const sources = new Map<Part, Source>()
  for (const part of wanted) {
    try {
      sources.set(part, { kind: 'base64', ...(await fetchMedia(urlIn(part))) })
    } catch (error) {
      if (error instanceof MediaRefused) return { at: part.at, why: error.message }
      throw error
    }
  }
  return {
    ...conversation,
    turns: conversation.turns.map((turn) => ({ ...turn, parts: turn.parts.map((part) => inlined(part, sources)) })),
  }
}

function withNested(part: Part): Part[] {
  return part.type === 'tool_result' ? part.content : [part]
}

function needsBytes(part: Part, inlines: NonNullable<UpstreamDialect['inlines']>): boolean {
  return inlines.some((type) => type === part.type) && urlIn(part) !== ''
}

function urlIn(part: Part): string {
  if (!('source' in part) || part.source.kind !== 'url') return ''
  // Other schemes (`s3:`, `gs:`) are the vendor's own, and its own to read.
  return /^https?:/i.test(part.source.url) ? part.source.url : ''
}

function inlined(part: Part, sources: ReadonlyMap<Part, Source>): Part {
  if (part.type === 'tool_result') {
    return { ...part, content: part.content.map((inner) => replaced(inner, sources)) }
  }
  return replaced(part, sources)
}

function replaced<P extends Part>(part: P, sources: ReadonlyMap<Part, Source>): P {
  const source = sources.get(part)
  return source === undefined ? part : { ...part, source }
}
