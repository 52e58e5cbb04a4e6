import { imageSize } from '../input/image-size.ts'
import type { Media } from '../input/media.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** What a request puts in: texts as the model reads them, tokens of an earlier context, and images. */
export interface OllamaInput {
  texts: string[]
  tokens: number
  media: Media[]
}

/** So much of an image is enough to find its size in. */
const LOOK_AT_CHARACTERS = 64 * 1024

/** Goes through `messages`, or the members of a body of `/api/generate` that reach the model. */
export function collectInput(value: JsonObject): OllamaInput {
  const { messages, prompt, system, template, suffix, context, images } = value
  const input: OllamaInput = { texts: [], tokens: Array.isArray(context) ? context.length : 0, media: imagesIn(images) }
  for (const text of [system, template, prompt, suffix]) addText(text, input)
  for (const message of Array.isArray(messages) ? (messages as unknown[]) : []) {
    if (!isObject(message)) continue
    const { images: own, content, role: _role, ...rest } = message
    input.media.push(...imagesIn(own))
    addText(content, input)
    if (Object.keys(rest).length > 0) addText(rest, input)
  }
  return input
}

/** No tokenizer makes more tokens of a text than it has UTF-8 bytes. */
export function mostTokens({ texts, tokens }: OllamaInput): number {
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), tokens)
}

function addText(value: unknown, input: OllamaInput): void {
  if (value == null || value === '') return
  input.texts.push(typeof value === 'string' ? value : JSON.stringify(value))
}

function imagesIn(images: unknown): Media[] {
  const list: unknown[] = Array.isArray(images) ? images : []
  return list.map((image) => ({ kind: 'image', detail: 'high', size: typeof image === 'string' ? sizeOf(image) : undefined }))
}

function sizeOf(image: string): ReturnType<typeof imageSize> {
  return imageSize(image.startsWith('data:') ? image : `data:;base64,${image.slice(0, LOOK_AT_CHARACTERS)}`)
}
