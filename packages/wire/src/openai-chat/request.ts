import type { Decoded, ModelRequest, ReadResult } from '../dialect.ts'
import type { BilledMembers } from '../input/ambiguous.ts'
import { decodeBody, readJsonBody } from '../input/body.ts'
import { inputBounds, rawBytes } from '../input/bounds.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { summarize, textOf } from '../input/summary.ts'
import { hasMember, isObject, type JsonObject } from '../json/object.ts'
import type { OkScan } from '../json/scan.ts'
import { decodeChat } from './decode.ts'
import { MEDIA_MEMBERS } from './input.ts'
import { outputLimit, type OutputLimitMember } from './output-limit.ts'
import { upstreamBody } from './upstream-body.ts'
import { searchesAlways } from './usage.ts'
import { validateChat } from './validate.ts'

export type { OutputLimitMember }

/** A chat completion request as far as the gateway has to understand it; everything else stays bytes. */
export interface ChatRequest extends ModelRequest {
  scan: OkScan
  outputLimitMember: OutputLimitMember | null
  /** `stream_options` is there and an object. */
  hasStreamOptions: boolean
}

/** Members that decide what is billed: what is generated, how much of it, what goes in, and what usage is told. */
const BILLED: BilledMembers = {
  own: new Set([
    'model',
    'messages',
    'stream',
    'stream_options',
    'n',
    'max_tokens',
    'max_completion_tokens',
    'tools',
    'functions',
    'tool_choice',
    'response_format',
    'prediction',
    'modalities',
    'audio',
    'reasoning_effort',
    'reasoning',
    'thinking',
    'web_search_options',
    'plugins',
    'cache_control',
  ]),
  nested: { stream_options: new Set(['include_usage']) },
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
export function readChatRequest(body: Buffer): ReadResult<ChatRequest> {
  const read = readJsonBody(body, BILLED, '{"model": …, "messages": […]}')
  if (!read.ok) return read
  return validateChat(read.value) ?? { ok: true, request: describe(body, read.scan, read.value) }
}

function describe(body: Buffer, scan: OkScan, value: JsonObject): ChatRequest {
  const model = value['model'] as string
  const messages = value['messages'] as unknown[]
  const summary = summarize(messages, MEDIA_MEMBERS)
  const text = summary.textBytes + rawBytes(scan, TEXT_MEMBERS) + TOKENS_PER_MESSAGE * messages.length + TOKENS_PER_REQUEST
  const streamOptions = value['stream_options']
  const request: ChatRequest = {
    dialect: 'openai-chat',
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
    ...(value['web_search_options'] != null || searchesAlways(model) ? { units: { search: 1 } } : {}),
    names: (member) => scan.members.has(member),
    upstreamBody: (change) => upstreamBody(request, change),
    decode: (): Decoded => decodeChat(value),
  }
  return request
}

function inputText(body: Buffer): string {
  const value = JSON.parse(decodeBody(body)) as JsonObject
  const others = TEXT_MEMBERS.filter((name) => value[name] != null).map((name) => JSON.stringify(value[name]))
  return [textOf(value['messages'], MEDIA_MEMBERS), ...others].join('\n')
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
