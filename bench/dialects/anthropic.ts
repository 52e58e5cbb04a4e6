import { CLOSED, INPUT_TOKENS, named, OPENED, OUTPUT_TOKENS, TEXT } from './spoken.ts'
import type { Spoken, Stream } from './spoken.ts'

const USAGE = { input_tokens: INPUT_TOKENS, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: OUTPUT_TOKENS }
const BASE = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'bench' }

function delta(members: Record<string, unknown>): Buffer {
  return named({ type: 'content_block_delta', index: 0, delta: members })
}

function stream(block: Record<string, unknown>, piece: Stream['piece'], stop: string): Stream {
  const message = { ...BASE, content: [], stop_reason: null, stop_sequence: null, usage: { ...USAGE, output_tokens: 1 } }
  return {
    begin: [named({ type: 'message_start', message }), named({ type: 'content_block_start', index: 0, content_block: block })],
    piece,
    end: Buffer.concat([
      named({ type: 'content_block_stop', index: 0 }),
      named({ type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: USAGE }),
      named({ type: 'message_stop' }),
    ]),
  }
}

function fragment(text: string): Buffer {
  return delta({ type: 'input_json_delta', partial_json: text })
}

function callStream(): Stream {
  const { begin, end } = stream({ type: 'tool_use', id: 'toolu_bench', name: 'write', input: {} }, fragment, 'tool_use')
  return { begin: [...begin, fragment(OPENED)], piece: fragment, end: Buffer.concat([fragment(CLOSED), end]) }
}

/** Anthropic's Messages. */
export const anthropic: Spoken = {
  route: '/messages',
  path: () => '/v1/messages',
  body: (model, prompt, streamed) =>
    JSON.stringify({ model, max_tokens: 200, messages: [{ role: 'user', content: prompt }], ...(streamed ? { stream: streamed } : {}) }),
  answers: {
    whole: Buffer.from(
      JSON.stringify({ ...BASE, content: [{ type: 'text', text: TEXT }], stop_reason: 'end_turn', stop_sequence: null, usage: USAGE }),
    ),
    streamType: 'text/event-stream',
    text: stream({ type: 'text', text: '' }, (text) => delta({ type: 'text_delta', text }), 'end_turn'),
    call: callStream(),
  },
}
