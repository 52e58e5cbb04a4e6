import type { DialectName } from '../canonical/conversation.ts'
import type { CallerRequest, Decoded, Invalid, ModelRequest, ReadResult, UpstreamChange } from '../dialect.ts'
import type { BilledMembers } from '../input/ambiguous.ts'
import { decodeBody, readJsonBody } from '../input/body.ts'
import { inputBounds, rawBytes } from '../input/bounds.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { aBoolean, anArray, anObject, aString, firstFault, firstStranger, MODEL, type MemberChecks } from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import type { OkScan } from '../json/scan.ts'
import { decodeOllamaChat, decodeOllamaGenerate } from './decode.ts'
import { outputLimit } from './decode-settings.ts'
import { collectInput, mostTokens } from './input.ts'

/** Where the output limit stands. */
export const LIMIT_MEMBER = 'options.num_predict'

/** Members that decide what is billed: what is generated, how much of it, and what goes in. */
const BILLED: BilledMembers = {
  own: new Set([
    'model',
    'messages',
    'stream',
    'options',
    'tools',
    'format',
    'think',
    'prompt',
    'system',
    'template',
    'suffix',
    'images',
    'context',
    'raw',
  ]),
  nested: { options: new Set(['num_predict']) },
}

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['stream', aBoolean],
  ['options', anObject],
  ['messages', anArray],
  ['prompt', aString],
  ['images', anArray],
  ['context', anArray],
]

/** Members that reach the model as text, as they are sent. */
const TEXT_MEMBERS = ['tools', 'format']

/** What a message costs besides its text; and a request, whose model may bring a system prompt and a template of its own. */
const TOKENS_PER_MESSAGE = 8
const TOKENS_PER_REQUEST = 512

/**
 * Reads and checks the body of `POST /api/chat` (documentation: API reference, Generate a chat message). Without messages
 * it loads the model, or puts it away. Members that are not known pass.
 */
export function readOllamaChat({ body }: Pick<CallerRequest, 'body'>): ReadResult {
  return read('ollama', body, '{"model": …, "messages": […]}', () => decodeOllamaChat(body))
}

/** The same of `POST /api/generate` (documentation: API reference, Generate a response). */
export function readOllamaGenerate({ body }: Pick<CallerRequest, 'body'>): ReadResult {
  return read('ollama-generate', body, '{"model": …, "prompt": …}', () => decodeOllamaGenerate(body))
}

function read(dialect: DialectName, body: Buffer, example: string, decode: () => Decoded): ReadResult {
  const result = readJsonBody(body, BILLED, example)
  if (!result.ok) return result
  const { value, scan } = result
  return (
    firstFault(value, CHECKS) ??
    firstStranger(messagesOf(value), '/messages', 'an object with `role` and `content`') ??
    invalidLimit(value) ?? { ok: true, request: { ...describe(body, scan, value), dialect, decode } }
  )
}

function invalidLimit(value: JsonObject): Invalid | undefined {
  const predict = predictOf(value)
  if (predict == null || (typeof predict === 'number' && Number.isInteger(predict))) return undefined
  const pointer = '/options/num_predict'
  return { ok: false, pointer, message: '`num_predict` must be a whole number of tokens; -1 means that there is no limit' }
}

function describe(body: Buffer, scan: OkScan, value: JsonObject): Omit<ModelRequest, 'dialect' | 'decode'> {
  const model = value['model'] as string
  const input = collectInput(value)
  const beside = rawBytes(scan, TEXT_MEMBERS) + TOKENS_PER_MESSAGE * messagesOf(value).length + TOKENS_PER_REQUEST
  const limit = outputLimit(predictOf(value) as number | undefined) ?? null
  const { think } = value
  return {
    body,
    model,
    stream: value['stream'] !== false,
    n: 1,
    outputLimit: limit,
    outputLimitMember: limit === null ? null : LIMIT_MEMBER,
    includeUsage: true,
    user: null,
    ...inputBounds(mostTokens(input) + beside, input.media, model),
    inputText: () => inputText(body),
    canCause: {
      cacheWrite: false,
      audioIn: false,
      audioOut: false,
      imageIn: input.media.length > 0,
      hiddenOutput: hidesOutput(model) || (think != null && think !== false),
    },
    upstreamBody: (change) => patch(body, scan, editsFor(value, change)),
  }
}

function messagesOf({ messages }: JsonObject): unknown[] {
  return Array.isArray(messages) ? messages : []
}

function predictOf({ options }: JsonObject): unknown {
  return isObject(options) ? options['num_predict'] : undefined
}

function editsFor(value: JsonObject, change: UpstreamChange): Edit[] {
  const edits: Edit[] = []
  if (change.model !== value['model']) edits.push({ replace: 'model', value: JSON.stringify(change.model) })
  if (change.outputLimit === undefined) return edits
  const limit = String(change.outputLimit.value)
  if (isObject(value['options'])) edits.push({ patchIn: 'options', insert: 'num_predict', value: limit })
  else edits.push({ insert: 'options', value: `{"num_predict":${limit}}` })
  return edits
}

function inputText(body: Buffer): string {
  const value = JSON.parse(decodeBody(body)) as JsonObject
  const others = TEXT_MEMBERS.filter((name) => value[name] != null).map((name) => JSON.stringify(value[name]))
  return [...collectInput(value).texts, ...others].join('\n')
}
