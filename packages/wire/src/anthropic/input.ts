import { imageSize } from '../input/image-size.ts'
import type { Media } from '../input/media.ts'
import { decodedBytes } from '../input/summary.ts'
import { isObject, type JsonObject } from '../json/object.ts'

/** What the messages of a request put in. */
export interface Input {
  texts: string[]
  media: Media[]
}

/** Enough of an image's bytes to tell its size. */
const HEAD_CHARACTERS = 64 * 1024

/**
 * Text and media of messages, apart. Only what stands where the vendor looks for an image or a file counts as one; the same
 * shape anywhere else, as in the arguments of a tool, is text. Blocks count with their JSON, which is never less text than
 * the model reads.
 */
export function inputOf(messages: readonly unknown[]): Input {
  const input: Input = { texts: [], media: [] }
  for (const message of messages) if (isObject(message)) addContent(message['content'], input)
  return input
}

function addContent(content: unknown, input: Input): void {
  if (typeof content === 'string') input.texts.push(content)
  else if (Array.isArray(content)) for (const block of content) addBlock(block, input)
  else if (content != null) input.texts.push(JSON.stringify(content))
}

function addBlock(block: unknown, input: Input): void {
  if (!isObject(block)) {
    input.texts.push(JSON.stringify(block))
    return
  }
  const { type, content, source, text, ...rest } = block
  const media = mediaOf(type, source)
  if (media !== undefined) {
    input.media.push(media)
    input.texts.push(JSON.stringify(rest))
  } else if (type === 'text' && typeof text === 'string') {
    input.texts.push(text)
    if (Object.keys(rest).length > 0) input.texts.push(JSON.stringify(rest))
  } else if (type === 'tool_result') {
    addContent(content, input)
    input.texts.push(JSON.stringify(rest))
  } else if (type === 'document' && isObject(source) && source['type'] === 'content') {
    addContent(source['content'], input)
    input.texts.push(JSON.stringify(rest))
  } else {
    input.texts.push(JSON.stringify(block))
  }
}

function mediaOf(type: unknown, source: unknown): Media | undefined {
  if (!isObject(source) || (type !== 'image' && type !== 'document')) return undefined
  const { data } = source
  const inline = source['type'] === 'base64' && typeof data === 'string' ? data : undefined
  if (inline === undefined && source['type'] !== 'url' && source['type'] !== 'file') return undefined
  if (type === 'document') return { kind: 'file', bytes: inline === undefined ? undefined : decodedBytes(inline) }
  const size = inline === undefined ? undefined : imageSize(`data:;base64,${inline.slice(0, HEAD_CHARACTERS)}`)
  return { kind: 'image', detail: 'high', size }
}

/** A tool that the vendor runs, or of which it knows what it does: anything but the caller's own. */
export function isServerTool(tool: unknown): tool is JsonObject {
  return isObject(tool) && tool['type'] != null && tool['type'] !== 'custom'
}
