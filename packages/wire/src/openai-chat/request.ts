import { isUtf8 } from 'node:buffer'
import { locateJsonError } from '../json/locate.ts'
import { scanMembers, startOf } from '../json/scan.ts'
import type { OkScan } from '../json/scan.ts'
import { ambiguousMember } from './ambiguous.ts'
import { hasMember, isObject, summarizeMessages, textOf } from './input.ts'
import type { JsonObject } from './input.ts'
import { knowsImagesOf, mediaBound } from './media.ts'
import type { Media } from './media.ts'
import { validateChat } from './validate.ts'
import { hidesOutput } from './hidden-output.ts'

export type OutputLimitMember = 'max_tokens' | 'max_completion_tokens'

/** A chat completion request as far as the gateway has to understand it; everything else stays bytes. */
export interface ChatRequest {
  body: Buffer
  scan: OkScan
  model: string
  stream: boolean
  n: number
  /** The caller's own limit: the larger of `max_tokens` and `max_completion_tokens`. */
  outputLimit: number | null
  outputLimitMember: OutputLimitMember | null
  /** `stream_options.include_usage` is true. */
  includeUsage: boolean
  /** `stream_options` is there and an object. */
  hasStreamOptions: boolean
  user: string | null
  /** The most input tokens that the body can cost whatever the model behind its name (M11). */
  inputBound: number
  /** The same for one upstream model: what an image costs depends on it. */
  inputBoundFor(model: string): number
  /** The text that a tokenizer would count. Reads the body again: for the rare request that is refused by its bound. */
  inputText(): string
  canCause: {
    cacheWrite: boolean
    audioIn: boolean
    audioOut: boolean
    imageIn: boolean
    /** Output can be billed without being seen: reasoning, server tools, audio, predictions, or a model known for it. */
    hiddenOutput: boolean
  }
}

export type ReadResult = { ok: true; request: ChatRequest } | Invalid

/** What is wrong, where (JSON pointer; empty: the whole body), and how to mend it. */
export interface Invalid {
  ok: false
  pointer: string
  message: string
}

/** Members that are counted as they are sent, beside `messages`: they reach the model as text. */
const TEXT_MEMBERS = ['tools', 'functions', 'response_format', 'tool_choice', 'prediction']

/** What a message costs besides its text, and a request besides its messages. */
const TOKENS_PER_MESSAGE = 8
const TOKENS_PER_REQUEST = 16

/**
 * Reads and checks the body of `POST /v1/chat/completions`: valid UTF-8 and JSON, an object, the billed members once
 * each and of the right type, not nested deeper than 200. Members that are not known pass.
 */
export function readChatRequest(body: Buffer): ReadResult {
  if (!isUtf8(body)) return invalid('', 'the body is not valid UTF-8: encode it as UTF-8')
  const scan = scanMembers(body)
  const parsed = parse(body)
  if (parsed === undefined) return invalid('', notJson(body))
  if (!isObject(parsed.value)) return invalid('', 'the body is not a JSON object: send {"model": …, "messages": […]}')
  if (!scan.ok) return invalid('', `${scan.reason}: simplify the body`)
  const problem = ambiguousMember(body, scan) ?? validateChat(parsed.value)
  return problem ?? { ok: true, request: describe(body, scan, parsed.value) }
}

function invalid(pointer: string, message: string): Invalid {
  return { ok: false, pointer, message }
}

function decode(body: Buffer): string {
  return body.toString('utf8', startOf(body))
}

function parse(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(decode(body)) as unknown }
  } catch {
    return undefined
  }
}

function notJson(body: Buffer): string {
  if (body.length === 0) return 'the body is empty: send a JSON object'
  return `the body is not valid JSON${locateJsonError(decode(body))}: check it for missing quotes, commas or brackets`
}

function describe(body: Buffer, scan: OkScan, value: JsonObject): ChatRequest {
  const model = value['model'] as string
  const messages = value['messages'] as unknown[]
  const summary = summarizeMessages(messages)
  const text = summary.textBytes + rawBytes(scan) + TOKENS_PER_MESSAGE * messages.length + TOKENS_PER_REQUEST
  const streamOptions = value['stream_options']
  return {
    body,
    scan,
    model,
    stream: value['stream'] === true,
    n: typeof value['n'] === 'number' ? value['n'] : 1,
    ...outputLimit(value),
    includeUsage: isObject(streamOptions) && streamOptions['include_usage'] === true,
    hasStreamOptions: isObject(streamOptions),
    user: typeof value['user'] === 'string' ? value['user'] : null,
    ...inputBounds(text, summary.media, model),
    inputText: () => inputText(body),
    canCause: {
      cacheWrite: summary.cacheWrite || value['cache_control'] != null || hasMember(value['tools'], 'cache_control'),
      audioIn: summary.audioIn,
      audioOut: asksForAudio(value),
      imageIn: summary.imageIn,
      hiddenOutput: hidesOutput(model) || asksForHiddenOutput(value),
    },
  }
}

/** Their bytes in the body are never fewer than their bytes as text. */
function rawBytes(scan: OkScan): number {
  let bytes = 0
  for (const name of TEXT_MEMBERS) {
    const member = scan.members.get(name)
    if (member !== undefined) bytes += member.valueEnd - member.valueStart
  }
  return bytes
}

function inputBounds(text: number, media: Media[], model: string): Pick<ChatRequest, 'inputBound' | 'inputBoundFor'> {
  return {
    inputBound: media.length === 0 ? text : text + mediaBound(media, knowsImagesOf(model) ? model : undefined),
    inputBoundFor: (upstream) => text + mediaBound(media, upstream),
  }
}

function inputText(body: Buffer): string {
  const value = JSON.parse(decode(body)) as JsonObject
  const others = TEXT_MEMBERS.filter((name) => value[name] != null).map((name) => JSON.stringify(value[name]))
  return [textOf(value['messages']), ...others].join('\n')
}

function outputLimit(value: JsonObject): Pick<ChatRequest, 'outputLimit' | 'outputLimitMember'> {
  const older = value['max_tokens']
  const newer = value['max_completion_tokens']
  if (typeof newer === 'number' && (typeof older !== 'number' || newer >= older)) {
    return { outputLimit: newer, outputLimitMember: 'max_completion_tokens' }
  }
  if (typeof older === 'number') return { outputLimit: older, outputLimitMember: 'max_tokens' }
  return { outputLimit: null, outputLimitMember: null }
}

function asksForAudio(value: JsonObject): boolean {
  const modalities = value['modalities']
  return (Array.isArray(modalities) && modalities.includes('audio')) || isObject(value['audio'])
}

function asksForHiddenOutput(value: JsonObject): boolean {
  const effort = value['reasoning_effort']
  if (effort != null && effort !== 'none') return true
  if (['reasoning', 'thinking', 'web_search_options', 'prediction', 'plugins'].some((name) => value[name] != null)) return true
  if (asksForAudio(value)) return true
  const tools = value['tools']
  return Array.isArray(tools) && tools.some((tool) => isObject(tool) && tool['type'] !== 'function' && tool['type'] !== 'custom')
}
