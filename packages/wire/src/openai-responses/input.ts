import { imageSize } from '../input/image-size.ts'
import type { Media } from '../input/media.ts'
import { decodedBytes, type MediaMembers } from '../input/summary.ts'
import { isObject, type JsonObject, stringOf } from '../json/object.ts'

/** Members of items and content parts that carry no text; a value of another shape is counted as text. */
export const MEDIA_MEMBERS: MediaMembers = new Map([
  ['image_url', readImage],
  ['file_id', readStored],
  ['file_data', readFileData],
  ['file_url', (value: unknown): Media | undefined => (typeof value === 'string' ? { kind: 'file', bytes: undefined } : undefined)],
  ['input_audio', readAudio],
  ['result', readMadeImage],
  ['url', readOutputImage],
])

function readImage(value: unknown, holder: JsonObject): Media | undefined {
  return typeof value === 'string' ? image(value, holder) : undefined
}

function image(url: string, { detail }: JsonObject): Media {
  return { kind: 'image', detail: detail === 'low' ? 'low' : 'high', size: imageSize(url) }
}

/** An uploaded file: an image where the part that holds it is one. */
function readStored(value: unknown, holder: JsonObject): Media | undefined {
  if (typeof value !== 'string') return undefined
  const { type } = holder
  if (type === 'input_image' || type === 'computer_screenshot') return image('', holder)
  return type === 'input_file' ? { kind: 'file', bytes: undefined } : undefined
}

function readFileData(value: unknown): Media | undefined {
  return typeof value === 'string' ? { kind: 'file', bytes: decodedBytes(value) } : undefined
}

function readAudio(value: unknown): Media | undefined {
  if (!isObject(value) || typeof value['data'] !== 'string') return undefined
  return { kind: 'audio', bytes: decodedBytes(value['data']), format: stringOf(value['format']) }
}

/** An image that was made in an earlier turn goes in again. */
function readMadeImage(value: unknown, holder: JsonObject): Media | undefined {
  return typeof value === 'string' && holder['type'] === 'image_generation_call' ? image('', holder) : undefined
}

/** An image among the outputs of the code interpreter. */
function readOutputImage(value: unknown, holder: JsonObject): Media | undefined {
  return typeof value === 'string' && holder['type'] === 'image' ? image(value, holder) : undefined
}

/** Items whose whole content stands in the body. */
const PLAIN_ITEMS = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'reasoning',
])

/** Tools that the caller runs: what they add to the input is in the body of the next request. */
const PLAIN_TOOLS = new Set(['function', 'custom'])

/** Members that bring in what the vendor has stored. */
const STORED_INPUT = ['previous_response_id', 'conversation', 'prompt']

/**
 * Input is billed that the body does not show: earlier turns that the vendor has stored, a prompt template, an item by
 * its id, and what tools add that the vendor runs. It fits into the context of the model together with what is shown.
 */
export function addsUnseenInput(value: JsonObject): boolean {
  return STORED_INPUT.some((name) => value[name] != null) || itemsOf(value).some(isReference) || hasHostedTool(value)
}

/** An id alone, with or without saying so. */
function isReference({ type, role, id }: JsonObject): boolean {
  return type === 'item_reference' || (type == null && role == null && id != null)
}

/** A tool that the vendor runs, or one that may bring such tools in. */
export function hasHostedTool({ tools }: JsonObject): boolean {
  return Array.isArray(tools) && tools.some((tool) => !isObject(tool) || !PLAIN_TOOLS.has(stringOf(tool['type'])))
}

/** An item that is neither a message nor a call that the caller answered, nor reasoning. */
export function hasVendorItem(value: JsonObject): boolean {
  return itemsOf(value).some(({ type }) => type != null && !PLAIN_ITEMS.has(stringOf(type)))
}

/** The items of the input; none where it is a text. */
export function itemsOf({ input }: JsonObject): JsonObject[] {
  return Array.isArray(input) ? input.filter(isObject) : []
}
