import type { ImagePart } from '../canonical/conversation.ts'
import { sourceOf } from '../canonical/media.ts'
import { isObject } from '../json/object.ts'
import { thinkingText } from './decode-parts.ts'

/** One piece of the content of an answer. */
export type Piece = { type: 'text' | 'reasoning'; text: string } | ImagePart

/**
 * The content of a message or a delta, in its order: a string, or parts (Mistral, "Reasoning"). Empty pieces say nothing.
 */
export function piecesOf(content: unknown): Piece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.flatMap(pieceOf) : []
}

function pieceOf(part: unknown): Piece[] {
  if (typeof part === 'string') return piecesOf(part)
  if (!isObject(part)) return []
  if (part['thinking'] !== undefined) {
    const text = thinkingText(part['thinking'])
    return text === '' ? [] : [{ type: 'reasoning', text }]
  }
  if (part['type'] === 'image_url') return imagesOf([part])
  return piecesOf(part['text'])
}

/** Images that the model made, as OpenRouter sends them: `{type: "image_url", image_url: {url}}`. */
export function imagesOf(images: unknown): ImagePart[] {
  if (!Array.isArray(images)) return []
  return images.flatMap((image: unknown) => {
    const holder = isObject(image) ? image['image_url'] : undefined
    const url = isObject(holder) ? holder['url'] : holder
    return typeof url === 'string' ? [{ type: 'image', source: sourceOf(url), at: '' }] : []
  })
}
