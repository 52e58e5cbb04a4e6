import { CLOSED, INPUT_TOKENS, named, OPENED, OUTPUT_TOKENS, TEXT } from './spoken.ts'
import type { Spoken, Stream } from './spoken.ts'

const TOKENS = { input_tokens: INPUT_TOKENS, output_tokens: OUTPUT_TOKENS }
const USAGE = { billed_units: TOKENS, tokens: TOKENS }
const START = named({
  id: 'bench',
  type: 'message-start',
  delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
})

function delta(type: string, message: Record<string, unknown>): Buffer {
  return named({ type, index: 0, delta: { message } })
}

function ending(closed: Buffer, finish: string): Buffer {
  const last = named({ type: 'message-end', delta: { finish_reason: finish, usage: USAGE } })
  return Buffer.concat([closed, last, Buffer.from('data: [DONE]\n\n')])
}

function callStream(): Stream {
  const piece = (text: string): Buffer => delta('tool-call-delta', { tool_calls: { function: { arguments: text } } })
  const begun = delta('tool-call-start', { tool_calls: { id: 'bench', type: 'function', function: { name: 'write', arguments: '' } } })
  const closed = Buffer.concat([piece(CLOSED), named({ type: 'tool-call-end', index: 0 })])
  return { begin: [START, begun, piece(OPENED)], piece, end: ending(closed, 'TOOL_CALL') }
}

/** Cohere's chat. */
export const cohere: Spoken = {
  route: '/v2/chat',
  path: () => '/v2/chat',
  body: (model, prompt, stream) =>
    JSON.stringify({ model, max_tokens: 200, messages: [{ role: 'user', content: prompt }], ...(stream ? { stream } : {}) }),
  answers: {
    whole: Buffer.from(
      JSON.stringify({
        id: 'bench',
        message: { role: 'assistant', content: [{ type: 'text', text: TEXT }] },
        finish_reason: 'COMPLETE',
        usage: USAGE,
      }),
    ),
    streamType: 'text/event-stream',
    text: {
      begin: [START, delta('content-start', { content: { type: 'text', text: '' } })],
      piece: (text) => delta('content-delta', { content: { text } }),
      end: ending(named({ type: 'content-end', index: 0 }), 'COMPLETE'),
    },
    call: callStream(),
  },
}
