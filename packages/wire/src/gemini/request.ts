import type { CallerRequest, ModelRequest, ReadResult } from '../dialect.ts'
import { invalid, readJsonBody, type JsonBody } from '../input/body.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { mediaBound } from '../input/media.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { decodeRequest } from './decode.ts'
import { inputOf, inputText } from './input.ts'
import { generationOf, isGoogles } from './models.ts'
import { asksForSse, parseGeminiPath } from './path.ts'
import { searchUnits } from './searches.ts'
import { ambiguousSpelling, member, type BilledPaths } from './spelling.ts'
import { upstreamBody } from './upstream-body.ts'
import { validate } from './validate.ts'

/** A request of `generateContent` or `streamGenerateContent` as far as the gateway has to understand it; the rest stays bytes. */
export interface GeminiRequest extends ModelRequest {
  /** A stream is wanted as an array of JSON (no `alt=sse`); an upstream of this dialect is asked for the same. */
  arrayStream: boolean
}

/** Members that decide what is billed: what is generated, how much of it, and what goes in. */
const BILLED: BilledPaths = [
  [[], ['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'cachedContent', 'serviceTier']],
  [
    ['generationConfig'],
    ['candidateCount', 'maxOutputTokens', 'responseModalities', 'thinkingConfig', 'speechConfig', 'imageConfig', 'mediaResolution'],
  ],
  [
    ['generationConfig', 'thinkingConfig'],
    ['thinkingBudget', 'thinkingLevel', 'includeThoughts'],
  ],
]

/** The members above in no other spelling than the two; nothing is checked under its plain name alone. */
const CHECKED_HERE = { own: new Set<string>() }

const EXAMPLE = '{"contents": [{"parts": [{"text": …}]}]}'

/** Members that go to the model as text, beside contents and the system's instruction. */
const TEXT_MEMBERS = ['tools', 'toolConfig', 'generationConfig']

/** What a content costs besides its text, and a request besides its contents. */
const TOKENS_PER_CONTENT = 8
const TOKENS_PER_REQUEST = 16

/** Reads and checks a call of `POST /v1beta/models/{model}:generateContent` or `:streamGenerateContent`. */
export function readRequest(call: CallerRequest): ReadResult<GeminiRequest> {
  const path = parseGeminiPath(call.path)
  const stream = path?.method === 'streamGenerateContent'
  if (path === undefined || (!stream && path.method !== 'generateContent')) return invalid('', 'the path is not that of generateContent')
  const read = readBody(call.body)
  if (!read.ok) return read
  const wrong = validate(read.value)
  if (wrong !== undefined) return wrong
  const shape = { body: call.body, model: path.model, stream, arrayStream: stream && !asksForSse(call.query) }
  return { ok: true, request: describe(read, shape) }
}

/** The JSON of a body of this dialect, without ambiguity about what is billed. */
export function readBody(body: Buffer, billed = BILLED, example = EXAMPLE): JsonBody | ReturnType<typeof invalid> {
  const read = readJsonBody(body, CHECKED_HERE, example)
  if (!read.ok) return read
  return ambiguousSpelling(body, read.scan, billed) ?? read
}

function describe(read: JsonBody, shape: Pick<GeminiRequest, 'body' | 'model' | 'stream' | 'arrayStream'>): GeminiRequest {
  const { value, scan } = read
  const config = configOf(value)
  const limit = member(config, 'maxOutputTokens')
  const count = member(config, 'candidateCount')
  return {
    dialect: 'gemini',
    ...shape,
    n: typeof count === 'number' ? count : 1,
    outputLimit: typeof limit === 'number' ? limit : null,
    outputLimitMember: typeof limit === 'number' ? 'generationConfig.maxOutputTokens' : null,
    includeUsage: true,
    user: null,
    ...inputMembers(value, shape.model, hiddenOutput(value, config, shape.model), hasAudio(config)),
    ...searchUnits(member(value, 'tools'), shape.model),
    upstreamBody: (change) => upstreamBody({ body: shape.body, scan, value }, change),
    decode: () => decodeRequest(value, shape.stream),
  }
}

/** What a request of this shape puts in, and what that can make a vendor bill. */
export function inputMembers(
  value: JsonObject,
  model: string,
  hidden: boolean,
  audioOut: boolean,
): Pick<ModelRequest, 'inputBound' | 'inputBoundFor' | 'inputText' | 'canCause'> {
  const contents = member(value, 'contents')
  const spoken = [contents, member(value, 'systemInstruction')]
  const others = TEXT_MEMBERS.map((name) => member(value, name)).filter((other) => other !== undefined)
  const input = inputOf(spoken, member(value, 'cachedContent') !== undefined)
  const besides = others.reduce<number>((sum, other) => sum + Buffer.byteLength(JSON.stringify(other)), 0)
  const text = input.textBytes + besides + TOKENS_PER_CONTENT * (Array.isArray(contents) ? contents.length : 0) + TOKENS_PER_REQUEST
  const boundFor = (name: string): number => text + (isGoogles(name) ? input.mediaTokens : mediaBound(input.media, name))
  return {
    inputBound: isGoogles(model) ? boundFor(model) : text + Math.max(input.mediaTokens, mediaBound(input.media)),
    inputBoundFor: boundFor,
    inputText: () => [inputText(spoken), ...others.map((other) => JSON.stringify(other))].join('\n'),
    canCause: { cacheWrite: false, audioIn: input.audioIn, audioOut, imageIn: input.imageIn, hiddenOutput: hidden },
  }
}

function configOf(value: JsonObject): JsonObject {
  const config = member(value, 'generationConfig')
  return isObject(config) ? config : {}
}

/** Thought, what Google's own tools say to the model, audio and images are billed without being seen as text. */
function hiddenOutput(value: JsonObject, config: JsonObject, model: string): boolean {
  if (hidesOutput(model) || (isGoogles(model) && generationOf(model) >= 2.5)) return true
  const thinking = member(config, 'thinkingConfig')
  const budget = isObject(thinking) ? member(thinking, 'thinkingBudget') : 0
  if (isObject(thinking) && budget !== 0) return true
  return modalitiesOf(config).some((modality) => modality !== 'TEXT') || hasOwnTools(member(value, 'tools'))
}

function hasOwnTools(tools: unknown): boolean {
  const names = Array.isArray(tools) ? tools.flatMap((tool) => (isObject(tool) ? Object.keys(tool) : [])) : []
  return names.some((name) => name !== 'functionDeclarations' && name !== 'function_declarations')
}

function hasAudio(config: JsonObject): boolean {
  return modalitiesOf(config).includes('AUDIO') || member(config, 'speechConfig') !== undefined
}

function modalitiesOf(config: JsonObject): string[] {
  const modalities = member(config, 'responseModalities')
  return Array.isArray(modalities) ? modalities.map((modality) => String(modality).toUpperCase()) : []
}
