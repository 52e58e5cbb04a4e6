import type { Part } from './options.ts'

/** What is sent, and what it costs by the price that the benchmark configures: 20 input and 100 output tokens. */
export interface Workload {
  id: Part
  name: string
  body: string
  /** How much of the control's requests a second the gateway is to make. */
  toControl: number
  /** See load.ts. */
  restMs?: number
}

/** Per million; a request costs (20 × 0.05 + 100 × 0.40) / 1,000,000 = 0.000041. */
export const PRICE = { input: '0.05', output: '0.40' }
export const COST = 41_000n

/** A chat completion request. */
export function body(members: Record<string, unknown>, text: string): string {
  return JSON.stringify({ model: 'bench', max_tokens: 200, messages: [{ role: 'user', content: text }], ...members })
}

const LONG_PROMPT = 'The quick brown fox jumps over the lazy dog. '.repeat(380)

export const WORKLOADS: [Workload, ...Workload[]] = [
  { id: 'json', name: 'JSON, 0.7 kB answer', body: body({}, 'Hello!'), toControl: 0.65 },
  { id: 'prompt', name: 'JSON, 17 kB prompt', body: body({}, LONG_PROMPT), toControl: 0.6 },
  { id: 'stream', name: 'stream of 100 events', body: body({ stream: true }, 'Hello!'), restMs: 2, toControl: 0.6 },
]
