import { CLOSED, CREATED, INPUT_TOKENS, OPENED, OUTPUT_TOKENS, sse, TEXT } from './spoken.ts'
import type { Spoken, Stream } from './spoken.ts'

const USAGE = { prompt_tokens: INPUT_TOKENS, completion_tokens: OUTPUT_TOKENS, total_tokens: INPUT_TOKENS + OUTPUT_TOKENS }
const BASE = { id: 'chatcmpl-bench', created: CREATED, model: 'bench' }
const DONE = Buffer.from('data: [DONE]\n\n')

function event(members: Record<string, unknown>): Buffer {
  return sse({ ...BASE, object: 'chat.completion.chunk', ...members })
}

function delta(said: Record<string, unknown>, finish: string | null = null): Buffer {
  return event({ choices: [{ index: 0, delta: said, logprobs: null, finish_reason: finish }] })
}

function ending(finish: string): Pick<Stream, 'end' | 'endWithUsage'> {
  const stop = delta({}, finish)
  return { end: Buffer.concat([stop, DONE]), endWithUsage: Buffer.concat([stop, event({ choices: [], usage: USAGE }), DONE]) }
}

function call(entry: Record<string, unknown>): Buffer {
  return delta({ tool_calls: [{ index: 0, ...entry }] })
}

/** OpenAI's chat completions. */
export const openaiChat: Spoken = {
  route: '/chat/completions',
  path: () => '/v1/chat/completions',
  body: (model, prompt, stream) =>
    JSON.stringify({ model, max_tokens: 200, messages: [{ role: 'user', content: prompt }], ...(stream ? { stream } : {}) }),
  answers: {
    whole: Buffer.from(
      JSON.stringify({
        ...BASE,
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' }],
        usage: USAGE,
      }),
    ),
    streamType: 'text/event-stream',
    text: { begin: [], piece: (content) => delta({ content }), ...ending('stop') },
    call: {
      begin: [
        call({ id: 'call_bench', type: 'function', function: { name: 'write', arguments: '' } }),
        call({ function: { arguments: OPENED } }),
      ],
      piece: (text) => call({ function: { arguments: text } }),
      end: Buffer.concat([call({ function: { arguments: CLOSED } }), ending('tool_calls').end]),
    },
  },
}
