import { CLOSED, CREATED, INPUT_TOKENS, named, OPENED, OUTPUT_TOKENS, TEXT, WORDS } from './spoken.ts'
import type { Spoken, Stream } from './spoken.ts'

const USAGE = {
  input_tokens: INPUT_TOKENS,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: OUTPUT_TOKENS,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
}
const BASE = { id: 'resp_bench', object: 'response', created_at: CREATED, error: null, incomplete_details: null, model: 'bench' }
const AT = { item_id: 'item_bench', output_index: 0 }
const IN_MESSAGE = { ...AT, content_index: 0 }

function part(text: string): Record<string, unknown> {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function message(status: string, content: unknown[]): Record<string, unknown> {
  return { id: 'item_bench', type: 'message', status, role: 'assistant', content }
}

function functionCall(status: string, written: string): Record<string, unknown> {
  return { id: 'item_bench', type: 'function_call', status, call_id: 'call_bench', name: 'write', arguments: written }
}

/** The events around an item: what opens and closes it, and the response with it. */
function around(item: (status: string) => Record<string, unknown>): { opened: Buffer[]; closed: Buffer[] } {
  const begun = { ...BASE, status: 'in_progress', output: [], usage: null }
  return {
    opened: [
      named({ type: 'response.created', sequence_number: 0, response: begun }),
      named({ type: 'response.in_progress', sequence_number: 1, response: begun }),
      named({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: item('in_progress') }),
    ],
    closed: [
      named({ type: 'response.output_item.done', sequence_number: 900, output_index: 0, item: item('completed') }),
      named({
        type: 'response.completed',
        sequence_number: 901,
        response: { ...BASE, status: 'completed', output: [item('completed')], usage: USAGE },
      }),
    ],
  }
}

function textStream(): Stream {
  const { opened, closed } = around((status) => message(status, status === 'completed' ? [part(WORDS)] : []))
  return {
    begin: [...opened, named({ type: 'response.content_part.added', sequence_number: 3, ...IN_MESSAGE, part: part('') })],
    piece: (delta) => named({ type: 'response.output_text.delta', sequence_number: 4, ...IN_MESSAGE, delta, logprobs: [] }),
    end: Buffer.concat([
      named({ type: 'response.output_text.done', sequence_number: 898, ...IN_MESSAGE, text: WORDS, logprobs: [] }),
      named({ type: 'response.content_part.done', sequence_number: 899, ...IN_MESSAGE, part: part(WORDS) }),
      ...closed,
    ]),
  }
}

function callStream(): Stream {
  const whole = OPENED + WORDS + CLOSED
  const { opened, closed } = around((status) => functionCall(status, status === 'completed' ? whole : ''))
  const piece = (delta: string): Buffer => named({ type: 'response.function_call_arguments.delta', sequence_number: 4, ...AT, delta })
  const done = named({ type: 'response.function_call_arguments.done', sequence_number: 899, ...AT, arguments: whole })
  return { begin: [...opened, piece(OPENED)], piece, end: Buffer.concat([piece(CLOSED), done, ...closed]) }
}

/** OpenAI's Responses. */
export const openaiResponses: Spoken = {
  route: '/responses',
  path: () => '/v1/responses',
  body: (model, prompt, stream) =>
    JSON.stringify({ model, max_output_tokens: 200, input: [{ role: 'user', content: prompt }], ...(stream ? { stream } : {}) }),
  answers: {
    whole: Buffer.from(JSON.stringify({ ...BASE, status: 'completed', output: [message('completed', [part(TEXT)])], usage: USAGE })),
    streamType: 'text/event-stream',
    text: textStream(),
    call: callStream(),
  },
}
