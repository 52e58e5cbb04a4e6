import { INPUT_TOKENS, OUTPUT_TOKENS, sse, TEXT } from './spoken.ts'
import type { Spoken } from './spoken.ts'

const USAGE = { promptTokenCount: INPUT_TOKENS, candidatesTokenCount: OUTPUT_TOKENS, totalTokenCount: INPUT_TOKENS + OUTPUT_TOKENS }
const BASE = { modelVersion: 'bench', responseId: 'bench' }

function candidate(part: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { candidates: [{ content: { parts: [part], role: 'model' }, ...more, index: 0 }] }
}

function chunk(part: Record<string, unknown>): Buffer {
  return sse({ ...candidate(part), ...BASE })
}

/** Usage is in the last chunk, which says why the answer ended. */
function last(part: Record<string, unknown>): Buffer {
  return sse({ ...candidate(part, { finishReason: 'STOP' }), usageMetadata: USAGE, ...BASE })
}

function argument(stringValue: string): Record<string, unknown> {
  return { functionCall: { partialArgs: [{ jsonPath: '$.text', stringValue, willContinue: true }], willContinue: true } }
}

/** Google's generateContent. */
export const gemini: Spoken = {
  route: 'enerateContent',
  path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: (_model, text) => JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }], generationConfig: { maxOutputTokens: 200 } }),
  answers: {
    whole: Buffer.from(JSON.stringify({ ...candidate({ text: TEXT }, { finishReason: 'STOP' }), usageMetadata: USAGE, ...BASE })),
    streamType: 'text/event-stream',
    text: { begin: [], piece: (text) => chunk({ text }), end: last({ text: '' }) },
    call: {
      begin: [chunk({ functionCall: { name: 'write', willContinue: true } })],
      piece: (text) => chunk(argument(text)),
      end: Buffer.concat([chunk({ functionCall: {} }), last({ text: '' })]),
    },
  },
}
