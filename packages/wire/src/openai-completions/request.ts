import type { Decoded, Invalid, ModelRequest, ReadResult } from '../dialect.ts'
import type { BilledMembers } from '../input/ambiguous.ts'
import { readJsonBody, type JsonBody } from '../input/body.ts'
import { inputBounds } from '../input/bounds.ts'
import { hidesOutput } from '../input/hidden-output.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { upstreamBody, type Patchable } from '../openai-chat/upstream-body.ts'
import { decodeCompletion } from './decode.ts'
import { LIMIT_WHEN_ABSENT } from './limit.ts'
import { promptText, readPrompt, type Prompt } from './prompt.ts'
import { validateCompletion } from './validate.ts'

/** Members that decide what is billed. */
const BILLED: BilledMembers = {
  own: new Set(['model', 'prompt', 'suffix', 'stream', 'stream_options', 'n', 'best_of', 'max_tokens', 'echo']),
  nested: { stream_options: new Set(['include_usage']) },
}

/** What a prompt costs besides its text, and a request besides its prompts. */
const TOKENS_PER_PROMPT = 2
const TOKENS_PER_REQUEST = 16

/** Reads and checks the body of `POST /v1/completions`, as {@link readChatRequest} does that of a chat completion. */
export function readCompletion(body: Buffer): ReadResult {
  const read = readJsonBody(body, BILLED, '{"model": …, "prompt": …}')
  if (!read.ok) return read
  return validateCompletion(read.value) ?? describe(body, read)
}

function describe(body: Buffer, { scan, value }: JsonBody): { ok: true; request: ModelRequest } | Invalid {
  const prompt = readPrompt(value['prompt'])
  if ('ok' in prompt) return prompt
  const model = value['model'] as string
  const { n, hidden } = generated(value, prompt)
  const options = value['stream_options']
  const request: ModelRequest & Patchable = {
    dialect: 'openai-completions',
    body,
    scan,
    model,
    stream: value['stream'] === true,
    n,
    outputLimit: typeof value['max_tokens'] === 'number' ? value['max_tokens'] : LIMIT_WHEN_ABSENT,
    outputLimitMember: 'max_tokens',
    // Not every server that speaks this stops at sixteen by itself.
    names: (member) => value[member] != null,
    includeUsage: isObject(options) && options['include_usage'] === true,
    hasStreamOptions: isObject(options),
    user: typeof value['user'] === 'string' ? value['user'] : null,
    ...inputBounds(inputTokens(value, prompt), [], model),
    inputText: () => `${promptText(prompt)}\n${suffixOf(value)}`,
    canCause: { cacheWrite: false, audioIn: false, audioOut: false, imageIn: false, hiddenOutput: hidden || hidesOutput(model) },
    upstreamBody: (change) => upstreamBody(request, change),
    decode: (): Decoded => decodeCompletion(value),
  }
  return { ok: true, request }
}

/** No tokenizer makes more tokens than there are bytes; a token that is sent by its id is one. */
function inputTokens(value: JsonObject, { count, texts, tokens }: Prompt): number {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), Buffer.byteLength(suffixOf(value)))
  return bytes + tokens + TOKENS_PER_PROMPT * count + TOKENS_PER_REQUEST
}

/**
 * How many answers are made, over all prompts: of `best_of` all are billed, and only the best are shown. What is echoed
 * looks like output and is none, so it must not be counted as it passes.
 */
function generated(value: JsonObject, { count }: Prompt): { n: number; hidden: boolean } {
  const shown = typeof value['n'] === 'number' ? value['n'] : 1
  const made = typeof value['best_of'] === 'number' ? Math.max(shown, value['best_of']) : shown
  return { n: count * made, hidden: made > shown || value['echo'] === true }
}

function suffixOf(value: JsonObject): string {
  return typeof value['suffix'] === 'string' ? value['suffix'] : ''
}
