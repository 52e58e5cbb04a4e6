import type { CallDialect } from './guide.ts'

/** A call as a guide shows it. */
export interface ShownCall {
  /** `POST` to this path. */
  path: (model: string) => string
  headers: readonly string[]
  body: (model: string) => object
  /** The answer, `…` standing for anything; `model` as it comes back. */
  answer: (model: string) => object
}

const BEARER = 'Authorization: Bearer $FAREGATE_KEY'
const QUESTION = 'Say hello.'
const ANY = { '…': '…' }

const MESSAGES = [{ role: 'user', content: QUESTION }]

/** One question in each of the dialects that callers speak. */
export const CALLS: Record<CallDialect, ShownCall> = {
  'openai-chat': {
    path: () => '/v1/chat/completions',
    headers: [BEARER],
    body: (model) => ({ model, messages: MESSAGES }),
    answer: (model) => ({
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: '…', ...ANY }, finish_reason: 'stop', ...ANY }],
      usage: { prompt_tokens: '…', completion_tokens: '…', ...ANY },
      ...ANY,
    }),
  },
  'openai-responses': {
    path: () => '/v1/responses',
    headers: [BEARER],
    body: (model) => ({ model, input: QUESTION }),
    answer: (model) => ({
      object: 'response',
      model,
      status: 'completed',
      output: ['…'],
      usage: { input_tokens: '…', output_tokens: '…', ...ANY },
      ...ANY,
    }),
  },
  anthropic: {
    path: () => '/v1/messages',
    headers: ['x-api-key: $FAREGATE_KEY', 'anthropic-version: 2023-06-01'],
    body: (model) => ({ model, max_tokens: 100, messages: MESSAGES }),
    answer: (model) => ({
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: '…', ...ANY }],
      stop_reason: 'end_turn',
      usage: { input_tokens: '…', output_tokens: '…', ...ANY },
      ...ANY,
    }),
  },
  gemini: {
    path: (model) => `/v1beta/models/${model}:generateContent`,
    headers: ['x-goog-api-key: $FAREGATE_KEY'],
    body: () => ({ contents: [{ role: 'user', parts: [{ text: QUESTION }] }] }),
    answer: () => ({
      candidates: [{ content: { role: 'model', parts: ['…'] }, finishReason: 'STOP', ...ANY }],
      usageMetadata: { promptTokenCount: '…', candidatesTokenCount: '…', ...ANY },
      ...ANY,
    }),
  },
  cohere: {
    path: () => '/v2/chat',
    headers: [BEARER],
    body: (model) => ({ model, messages: MESSAGES }),
    answer: () => ({
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: '…' }], ...ANY },
      usage: ANY,
      ...ANY,
    }),
  },
  ollama: {
    path: () => '/ollama/api/chat',
    headers: [BEARER],
    body: (model) => ({ model, stream: false, messages: MESSAGES }),
    answer: (model) => ({ model, message: { role: 'assistant', content: '…', ...ANY }, done: true, done_reason: 'stop', ...ANY }),
  },
}

/** The command line that makes a call. */
export function curlOf({ path, headers, body }: ShownCall, model: string): string {
  const sent = [...headers, 'Content-Type: application/json'].map((header) => `-H "${header}"`).join(' ')
  return [`curl -s http://127.0.0.1:4020${path(model)} ${sent} \\`, `  -d '${JSON.stringify(body(model))}'`].join('\n')
}

/** JSON with its first two levels one member a line, as a reader takes it in. */
export function shownJson(value: object): string {
  const lines = Object.entries(value).map(([name, member]) => `  ${JSON.stringify(name)}: ${inOneLine(member)}`)
  return ['{', lines.join(',\n'), '}'].join('\n')
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${inOneLine(member)}`)
    .join(', ')} }`
}
