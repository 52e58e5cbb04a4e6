import { exactly, like } from './client.ts'
import type { BodyCheck } from './client.ts'
import { asksForStream, spokenOn } from './dialects/index.ts'
import { CREATED, INPUT_TOKENS, OUTPUT_TOKENS, PIECES, TEXT, WORD } from './dialects/spoken.ts'

/** A request, as far as its answer depends on it. */
export interface Asked {
  path: string
  body: string
  /** The answer comes from an upstream that speaks otherwise: OpenAI Chat was made of it. */
  translated?: boolean
}

/** What the answer to a request has to be, for each that comes anew. */
export function expectation({ path, body, translated = false }: Asked): () => BodyCheck {
  const streamed = asksForStream(path, body)
  if (!translated) {
    const expected = passedOn(path, streamed)
    return () => exactly(expected)
  }
  const { model } = JSON.parse(body) as { model: string }
  const expected = streamed ? translatedStream(model) : translatedAnswer(model)
  return () => like(expected)
}

/** The very bytes of the upstream, for a caller who did not ask for usage in a stream. */
export function passedOn(path: string, streamed: boolean): Buffer {
  const { whole, text } = spokenOn(path).answers
  if (!streamed) return whole
  return Buffer.concat([...text.begin, ...Array.from({ length: PIECES }, () => text.piece(WORD)), text.end])
}

/** Ids and times differ from answer to answer; their lengths do not. */
const FREE_ID = `chatcmpl-${'~'.repeat(26)}`
const FREE_TIME = '~'.repeat(String(CREATED).length)

function written(members: Record<string, unknown>): string {
  return JSON.stringify(members).replace(`"created":${CREATED}`, `"created":${FREE_TIME}`)
}

/** What a caller of OpenAI Chat has to get of the fixed answer in other words (API reference, "The chat completion object"). */
function translatedAnswer(model: string): Buffer {
  const text = written({
    id: FREE_ID,
    object: 'chat.completion',
    created: CREATED,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: INPUT_TOKENS,
      completion_tokens: OUTPUT_TOKENS,
      total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
  })
  return Buffer.from(text)
}

/** The same of the fixed stream (API reference, "The chat completion chunk object"). */
function translatedStream(model: string): Buffer {
  const chunk = (delta: Record<string, unknown>, finish: string | null = null): string => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
    return `data: ${written({ id: FREE_ID, object: 'chat.completion.chunk', created: CREATED, model, choices })}\n\n`
  }
  const words = Array.from({ length: PIECES - 1 }, () => chunk({ content: WORD })).join('')
  return Buffer.from(`${chunk({ role: 'assistant', content: WORD })}${words}${chunk({}, 'stop')}data: [DONE]\n\n`)
}
