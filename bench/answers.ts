/** What the fixed upstream answers, byte for byte: the load generator compares what arrives with it. */
const EVENTS = 100
const USAGE = { prompt_tokens: 20, completion_tokens: EVENTS, total_tokens: 20 + EVENTS }
const BASE = { id: 'chatcmpl-bench', created: 1_770_000_000, model: 'bench' }

/** The body of an answer that is no stream, 0.7 kB. */
export const ANSWER = Buffer.from(
  JSON.stringify({
    ...BASE,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'word '.repeat(80), refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: USAGE,
  }),
)

function event(members: Record<string, unknown>): string {
  return `data: ${JSON.stringify({ ...BASE, object: 'chat.completion.chunk', ...members })}\n\n`
}

/** An event with a piece of text. */
export function word(content: string): string {
  return event({ choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }] })
}

const STOP = event({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] })
const DONE = 'data: [DONE]\n\n'

/** How a stream ends; the event of the usage is there when it was asked for. */
export const END = STOP + DONE
export const END_WITH_USAGE = STOP + event({ choices: [], usage: USAGE }) + DONE

/** The events of the stream of 100, each to be written by itself. */
export const WORDS: string[] = Array.from({ length: EVENTS }, () => word(' the'))

/** The whole body of that stream as a caller reads it who did not ask for usage. */
const STREAM = Buffer.from(WORDS.join('') + END)

/** What the answer to a request has to be. */
export function expectedAnswer(body: string): Buffer {
  return body.includes('"stream":true') ? STREAM : ANSWER
}
