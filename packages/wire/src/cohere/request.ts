import type { CallerRequest, ModelRequest, ReadResult, UpstreamChange } from '../dialect.ts'
import type { BilledMembers } from '../input/ambiguous.ts'
import { decodeBody, readJsonBody } from '../input/body.ts'
import { inputBounds, rawBytes } from '../input/bounds.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { aBoolean, anObject, filledList, firstFault, firstStranger, limitFrom, MODEL, type MemberChecks } from '../input/validate.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { patch, type Edit } from '../json/patch.ts'
import type { OkScan } from '../json/scan.ts'
import { decodeCohereChat } from './decode.ts'
import { collectInput, textBytes } from './input.ts'

/** Members that decide what is billed: what is generated, how much of it, and what goes in. */
const BILLED: BilledMembers = {
  own: new Set(['model', 'messages', 'stream', 'max_tokens', 'tools', 'tool_choice', 'documents', 'response_format', 'thinking']),
  nested: { thinking: new Set(['type', 'token_budget']) },
}

const CHECKS: MemberChecks = [
  ['model', MODEL],
  ['messages', filledList('message')],
  ['stream', aBoolean],
  ['max_tokens', limitFrom(1)],
  ['thinking', anObject],
]

/** Members that reach the model as text, as they are sent. */
const TEXT_MEMBERS = ['tools', 'documents', 'response_format']

/** What a message costs besides its text, and a request besides its messages. What Cohere adds by itself is not billed. */
const TOKENS_PER_MESSAGE = 8
const TOKENS_PER_REQUEST = 16

/** Reads and checks the body of `POST /v2/chat` (API reference: Chat). Members that are not known pass. */
export function readCohereChat({ body }: Pick<CallerRequest, 'body'>): ReadResult {
  const read = readJsonBody(body, BILLED, '{"model": …, "messages": […]}')
  if (!read.ok) return read
  const invalid =
    firstFault(read.value, CHECKS) ?? firstStranger(messagesOf(read.value), '/messages', 'an object with `role` and `content`')
  return invalid ?? { ok: true, request: describe(body, read.scan, read.value) }
}

function describe(body: Buffer, scan: OkScan, value: JsonObject): ModelRequest {
  const model = value['model'] as string
  const messages = messagesOf(value)
  const input = collectInput(messages)
  const text = textBytes(input) + rawBytes(scan, TEXT_MEMBERS) + TOKENS_PER_MESSAGE * messages.length + TOKENS_PER_REQUEST
  const limit = value['max_tokens']
  const thinking = value['thinking']
  return {
    dialect: 'cohere',
    body,
    model,
    stream: value['stream'] === true,
    n: 1,
    outputLimit: typeof limit === 'number' ? limit : null,
    outputLimitMember: typeof limit === 'number' ? 'max_tokens' : null,
    includeUsage: true,
    user: null,
    ...inputBounds(text, input.media, model),
    inputText: () => inputText(body),
    canCause: {
      cacheWrite: false,
      audioIn: false,
      audioOut: false,
      imageIn: input.media.length > 0,
      hiddenOutput: hidesOutput(model) || (isObject(thinking) && thinking['type'] === 'enabled'),
    },
    upstreamBody: (change) => patch(body, scan, editsFor(model, change)),
    decode: () => decodeCohereChat(value),
  }
}

function messagesOf(value: JsonObject): unknown[] {
  return value['messages'] as unknown[]
}

/** The caller's body needs another model's name, or a limit, or nothing; usage is always told. */
function editsFor(model: string, change: UpstreamChange): Edit[] {
  const edits: Edit[] = []
  if (change.model !== model) edits.push({ replace: 'model', value: JSON.stringify(change.model) })
  if (change.outputLimit !== undefined) edits.push({ insert: 'max_tokens', value: String(change.outputLimit.value) })
  return edits
}

function inputText(body: Buffer): string {
  const value = JSON.parse(decodeBody(body)) as JsonObject
  const others = TEXT_MEMBERS.filter((name) => value[name] != null).map((name) => JSON.stringify(value[name]))
  return [...collectInput(messagesOf(value)).texts, ...others].join('\n')
}
