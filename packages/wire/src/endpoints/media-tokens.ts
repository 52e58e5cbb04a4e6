import type { Conversation, Part, Source } from '../canonical/conversation.ts'
import { urlOf } from '../canonical/media.ts'
import { imageSize } from '../input/image-size.ts'
import { mediaBound, type Media } from '../input/media.ts'
import { decodedBytes } from '../input/summary.ts'

/** The most tokens that the images, audio and files of a conversation take with this model. */
export function mediaTokens({ turns }: Conversation, model: string): number {
  const parts = turns.flatMap((turn) => turn.parts)
  const nested = parts.flatMap((part) => (part.type === 'tool_result' ? part.content : []))
  return mediaBound(
    [...parts, ...nested].flatMap((part) => mediaOf(part)),
    model,
  )
}

function mediaOf(part: Part): Media[] {
  switch (part.type) {
    case 'image':
      return [{ kind: 'image', detail: part.detail === 'low' ? 'low' : 'high', size: imageSize(urlOf(part.source) ?? '') }]
    case 'audio':
      return [{ kind: 'audio', bytes: bytesOf(part.source) ?? 0, format: 'compressed' }]
    case 'document':
      return part.source.kind === 'text' ? [] : [{ kind: 'file', bytes: bytesOf(part.source) }]
    default:
      return []
  }
}

/** Undefined where only the vendor, or somebody else, has them. */
function bytesOf(source: Source): number | undefined {
  return source.kind === 'base64' ? decodedBytes(source.data) : undefined
}
