import { imageSize } from '../input/image-size.ts'
import type { Media } from '../input/media.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** What messages put in: texts as the model reads them, and images. */
export interface ChatInput {
  texts: string[]
  media: Media[]
}

/**
 * Goes through messages, or inputs to embed. Only `image_url` of a content block is an image: a document may call anything
 * of its own so, and reaches the model as text, names included.
 */
export function collectInput(messages: unknown[]): ChatInput {
  const input: ChatInput = { texts: [], media: [] }
  for (const message of messages) {
    if (isObject(message)) addMessage(message, input)
    else addText(message, input)
  }
  return input
}

/** No tokenizer makes more tokens of a text than it has UTF-8 bytes. */
export function textBytes({ texts }: ChatInput): number {
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0)
}

function addMessage({ content, role: _role, ...rest }: JsonObject, input: ChatInput): void {
  if (Object.keys(rest).length > 0) addText(rest, input)
  if (!Array.isArray(content)) {
    addText(content, input)
    return
  }
  for (const block of content as unknown[]) {
    const image = isObject(block) && block['type'] === 'image_url' ? imageOf(block['image_url']) : undefined
    if (image === undefined) addText(isObject(block) && block['type'] === 'text' ? block['text'] : block, input)
    else input.media.push(image)
  }
}

function addText(value: unknown, input: ChatInput): void {
  if (value == null) return
  input.texts.push(typeof value === 'string' ? value : JSON.stringify(value))
}

/** An image by its address or its bytes; undefined for what is none. */
export function imageOf(image: unknown): Media | undefined {
  if (typeof image === 'string') return { kind: 'image', detail: 'high', size: imageSize(image) }
  if (!isObject(image) || typeof image['url'] !== 'string') return undefined
  return { kind: 'image', detail: image['detail'] === 'low' ? 'low' : 'high', size: imageSize(image['url']) }
}
