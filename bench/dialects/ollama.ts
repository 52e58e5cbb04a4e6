import { INPUT_TOKENS, OUTPUT_TOKENS, TEXT } from './spoken.ts'
import type { Spoken } from './spoken.ts'

const BASE = { model: 'bench', created_at: '2026-02-02T02:40:00.000000Z' }
const END = { done: true, done_reason: 'stop', prompt_eval_count: INPUT_TOKENS, eval_count: OUTPUT_TOKENS }

function said(content: string, more: Record<string, unknown>): Buffer {
  return Buffer.from(JSON.stringify({ ...BASE, message: { role: 'assistant', content }, ...more }))
}

function line(content: string, more: Record<string, unknown>): Buffer {
  return Buffer.concat([said(content, more), Buffer.from('\n')])
}

/** Ollama's chat; a tool call comes whole, in one line. */
export const ollama: Spoken = {
  route: '/api/chat',
  path: () => '/ollama/api/chat',
  body: (model, prompt, stream) =>
    JSON.stringify({ model, messages: [{ role: 'user', content: prompt }], stream, options: { num_predict: 200 } }),
  answers: {
    whole: said(TEXT, END),
    streamType: 'application/x-ndjson',
    text: { begin: [], piece: (text) => line(text, { done: false }), end: line('', END) },
  },
}
