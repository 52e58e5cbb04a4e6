import type { CallerRequest, ModelRequest, ReadResult } from '../dialect.ts'
import type { BilledMembers } from '../input/ambiguous.ts'
import { decodeBody, readJsonBody, type JsonBody } from '../input/body.ts'
import { inputBounds, rawBytes } from '../input/bounds.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { searchUnits } from '../input/searches.ts'
import { hasMember, isObject, type JsonObject } from '../json/object.ts'
import { patch } from '../json/patch.ts'
import { decodeMessages } from './decode.ts'
import { familyOf } from './families.ts'
import { inputOf, isServerTool } from './input.ts'
import { continuesThread, withThread } from './threads.ts'
import { foreignEdits } from './foreign-blocks.ts'
import { modelEdits, upstreamBody } from './upstream-body.ts'
import { validateMessages } from './validate.ts'

/** Members that decide what is billed: what is generated, how much of it and by which model, what goes in, at which rate. */
const BILLED: BilledMembers = {
  own: new Set([
    'model',
    'messages',
    'system',
    'stream',
    'max_tokens',
    'tools',
    'tool_choice',
    'thinking',
    'output_config',
    'output_format',
    'service_tier',
    'speed',
    'inference_geo',
    'fallbacks',
    'cache_control',
    'container',
    'mcp_servers',
    'context_management',
    'compaction',
    'thread',
  ]),
  nested: { thinking: new Set(['type', 'budget_tokens']) },
}

/** Whether thought can be billed unseen: not where the caller switched it off, of models that let it be. */
function hidesThoughts(value: JsonObject, model: string): boolean {
  const { thinking } = value
  const switchedOff = isObject(thinking) && thinking['type'] === 'disabled'
  return thinks(value, model) || (!switchedOff && hidesOutput(model))
}

/** Members that are counted as they are sent, beside `messages`: they reach the model as text. */
const TEXT_MEMBERS = ['system', 'tools', 'tool_choice', 'output_config', 'output_format', 'mcp_servers', 'context_management']

/** What a message costs besides its text, and a request besides its messages. */
const TOKENS_PER_MESSAGE = 8
const TOKENS_PER_REQUEST = 64

/** The system prompt that the vendor adds for tools, for structured output, and for each tool that it knows itself. */
const TOKENS_FOR_TOOLS = 1_024
const TOKENS_PER_SERVER_TOOL = 4_096

const EXAMPLE = '{"model": …, "max_tokens": …, "messages": […]}'

/**
 * Reads and checks the body of `POST /v1/messages`: valid UTF-8 and JSON, an object, the billed members once each and of the
 * right type, not nested deeper than 200. Members that are not known pass. A missing `max_tokens` is filled in like in any
 * other dialect.
 */
export function readMessages({ body }: CallerRequest): ReadResult {
  const read = readJsonBody(body, BILLED, EXAMPLE)
  if (!read.ok) return read
  return validateMessages(read.value) ?? { ok: true, request: describe(body, read) }
}

/** Reads the body of `POST /v1/messages/count_tokens`: the same without an answer, so that nothing is generated or cached. */
export function readCountTokens({ body }: CallerRequest): ReadResult {
  const read = readJsonBody(body, BILLED, '{"model": …, "messages": […]}')
  if (!read.ok) return read
  const invalid = validateMessages(read.value)
  if (invalid !== undefined) return invalid
  const whole = describe(body, read)
  const request: ModelRequest = {
    ...whole,
    stream: false,
    n: 0,
    outputLimit: 0,
    outputLimitMember: null,
    canCause: { ...whole.canCause, cacheWrite: false, hiddenOutput: false },
    upstreamBody: (change) => patch(body, read.scan, [...modelEdits(whole, change), ...foreignEdits(body, read.value)]),
  }
  return { ok: true, request }
}

function describe(body: Buffer, { value, scan }: JsonBody): ModelRequest {
  const model = value['model'] as string
  const messages = value['messages'] as unknown[]
  const { texts, media } = inputOf(messages)
  const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const limit = value['max_tokens']
  const { metadata } = value
  const user = isObject(metadata) ? metadata['user_id'] : undefined
  const request: ModelRequest = {
    dialect: 'anthropic',
    body,
    model,
    stream: value['stream'] === true,
    n: 1,
    outputLimit: typeof limit === 'number' ? limit : null,
    outputLimitMember: typeof limit === 'number' ? 'max_tokens' : null,
    includeUsage: true,
    user: typeof user === 'string' ? user : null,
    ...withThread(value, inputBounds(textBytes + rawBytes(scan, TEXT_MEMBERS) + addedTokens(value, messages.length), media, model)),
    inputText: () => inputText(body),
    ...searchUnits(value['tools'], undefined),
    canCause: {
      cacheWrite: writesCache(value, messages) || continuesThread(value),
      audioIn: false,
      audioOut: false,
      imageIn: media.some(({ kind }) => kind === 'image') || continuesThread(value),
      hiddenOutput: hidesThoughts(value, model) || runsTools(value),
    },
    upstreamBody: (change) => upstreamBody(request, scan, value, change),
    decode: () => decodeMessages(value),
  }
  return request
}

function writesCache(value: JsonObject, messages: unknown[]): boolean {
  return value['cache_control'] != null || [value['system'], value['tools'], messages].some((part) => hasMember(part, 'cache_control'))
}

function addedTokens(value: JsonObject, messages: number): number {
  const tools = Array.isArray(value['tools']) ? value['tools'] : []
  const prompted = tools.length > 0 || value['output_config'] != null || value['output_format'] != null || value['mcp_servers'] != null
  const prompts = (prompted ? TOKENS_FOR_TOOLS : 0) + TOKENS_PER_SERVER_TOOL * tools.filter(isServerTool).length
  return TOKENS_PER_REQUEST + TOKENS_PER_MESSAGE * messages + prompts
}

function inputText(body: Buffer): string {
  const value = JSON.parse(decodeBody(body)) as JsonObject
  const others = TEXT_MEMBERS.filter((name) => value[name] != null).map((name) => JSON.stringify(value[name]))
  return [...inputOf(value['messages'] as unknown[]).texts, ...others].join('\n')
}

/** Thinking is billed whole and shown in part or not at all, and newer models think without being asked to. */
function thinks({ thinking }: JsonObject, model: string): boolean {
  const { thinksUnasked, off } = familyOf(model)
  const type = isObject(thinking) ? thinking['type'] : undefined
  if (type === undefined) return thinksUnasked
  return type !== 'disabled' || off === undefined
}

/** What runs at the vendor generates what is only shown in part, and reads what nobody here can count. */
function runsTools(value: JsonObject): boolean {
  const { tools } = value
  return (
    (Array.isArray(tools) && tools.some(isServerTool)) ||
    ['mcp_servers', 'compaction', 'context_management'].some((name) => value[name] != null) ||
    // Its tools were told when the thread began.
    continuesThread(value)
  )
}
