import type { CallerRequest, ModelRequest, ReadResult } from '../dialect.ts'
import type { BilledMembers } from '../input/ambiguous.ts'
import { decodeBody, readJsonBody } from '../input/body.ts'
import { inputBounds, rawBytes } from '../input/bounds.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { searchUnits } from '../input/searches.ts'
import { summarize, textOf } from '../input/summary.ts'
import { hasMember, isObject, type JsonObject } from '../json/object.ts'
import type { OkScan } from '../json/scan.ts'
import { contextOf } from './context.ts'
import { decodeResponses } from './decode.ts'
import { addsUnseenInput, hasHostedTool, hasVendorItem, MEDIA_MEMBERS } from './input.ts'
import { upstreamBody } from './upstream-body.ts'
import { validateResponses } from './validate.ts'

/** Members that decide what is billed: what is generated, how much of it, what goes in. */
const BILLED: BilledMembers = {
  own: new Set([
    'model',
    'input',
    'instructions',
    'stream',
    'max_output_tokens',
    'max_tool_calls',
    'tools',
    'tool_choice',
    'text',
    'reasoning',
    'prompt',
    'previous_response_id',
    'conversation',
    'background',
    'service_tier',
    'context_management',
    'prompt_cache_options',
  ]),
  nested: { reasoning: new Set(['effort']) },
}

/** Members that are counted as they are sent, beside `input` and `prompt`: they reach the model as text. */
const TEXT_MEMBERS = ['instructions', 'tools', 'tool_choice', 'text']

/** What an item costs besides its text, and a request besides its items. */
const TOKENS_PER_ITEM = 8
const TOKENS_PER_REQUEST = 16

/** The one name of the output limit. */
export const OUTPUT_LIMIT = 'max_output_tokens'

/**
 * Reads and checks the body of `POST /v1/responses` (OpenAI's API reference, "Create a model response"): valid UTF-8 and
 * JSON, an object, the billed members once each and of the right type, not nested deeper than 200. Members that are not
 * known pass.
 */
export function readResponsesRequest({ body }: Pick<CallerRequest, 'body'>): ReadResult {
  const read = readJsonBody(body, BILLED, '{"model": …, "input": …}')
  if (!read.ok) return read
  return validateResponses(read.value) ?? { ok: true, request: describe(body, read.scan, read.value) }
}

function describe(body: Buffer, scan: OkScan, value: JsonObject): ModelRequest {
  const model = value['model'] as string
  const { input, prompt } = value
  const summary = summarize([input, prompt], MEDIA_MEMBERS)
  const items = Array.isArray(input) ? input.length : 1
  const text = summary.textBytes + rawBytes(scan, TEXT_MEMBERS) + TOKENS_PER_ITEM * items + TOKENS_PER_REQUEST
  const limit = value[OUTPUT_LIMIT]
  const user = value['safety_identifier'] ?? value['user']
  return {
    dialect: 'openai-responses',
    body,
    model,
    stream: value['stream'] === true,
    n: 1,
    outputLimit: typeof limit === 'number' ? limit : null,
    outputLimitMember: OUTPUT_LIMIT,
    names: (member) => scan.members.has(member),
    includeUsage: true,
    user: typeof user === 'string' ? user : null,
    ...bounds(value, inputBounds(text, summary.media, model)),
    inputText: () => inputText(body),
    ...searchUnits(value['tools'], value['max_tool_calls']),
    canCause: {
      cacheWrite: summary.cacheWrite || value['prompt_cache_options'] != null || hasMember(input, 'prompt_cache_breakpoint'),
      audioIn: summary.audioIn,
      audioOut: asksForAudio(value),
      imageIn: summary.imageIn,
      hiddenOutput: hidesOutput(model) || asksForHiddenOutput(value),
    },
    upstreamBody: (change) => upstreamBody({ body, scan, value }, change),
    decode: () => decodeResponses(value),
  }
}

type Bounds = Pick<ModelRequest, 'inputBound' | 'inputBoundFor'>

/** Where input is billed unseen, a whole context of it is added: a count of the text then lowers only what is seen. */
function bounds(value: JsonObject, seen: Bounds): Bounds {
  if (!addsUnseenInput(value)) return seen
  return {
    inputBound: seen.inputBound + contextOf(value['model'] as string),
    inputBoundFor: (upstream) => seen.inputBoundFor(upstream) + contextOf(upstream),
  }
}

function inputText(body: Buffer): string {
  const value = JSON.parse(decodeBody(body)) as JsonObject
  const others = TEXT_MEMBERS.filter((name) => value[name] != null).map((name) => textOfMember(value[name]))
  return [textOf([value['input'], value['prompt']], MEDIA_MEMBERS), ...others].join('\n')
}

function textOfMember(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function asksForAudio({ modalities, audio }: JsonObject): boolean {
  return (Array.isArray(modalities) && modalities.includes('audio')) || isObject(audio)
}

/** Members with which the vendor makes output of its own accord. */
const HIDING_MEMBERS = ['prompt', 'context_management', 'audio', 'modalities']

function asksForHiddenOutput(value: JsonObject): boolean {
  const { reasoning } = value
  const effort = isObject(reasoning) ? reasoning['effort'] : undefined
  if (effort != null && effort !== 'none') return true
  if (value['background'] === true || HIDING_MEMBERS.some((name) => value[name] != null)) return true
  return hasHostedTool(value) || hasVendorItem(value)
}
