import { SPOKEN, TITLES } from './dialects/index.ts'
import type { SpokenName } from './dialects/index.ts'
import type { Part } from './options.ts'

/** What is sent, and what it costs by the price that the benchmark configures: 20 input and 100 output tokens. */
export interface Workload {
  id: Part
  name: string
  path: string
  body: string
  /** How much of the control's requests a second the gateway is to make; absent: no goal was set. */
  toControl?: number
  /** See load.ts. */
  restMs?: number
  /** The gateway translates it: its upstream for this model speaks otherwise. */
  translated?: true
}

/** Per million; a request costs (20 × 0.05 + 100 × 0.40) / 1,000,000 = 0.000041. */
export const PRICE = { input: '0.05', output: '0.40' }
export const COST = 41_000n

/** The model of a wire format, as the gateway serves it. */
export function modelOf(name: SpokenName): string {
  return name === 'openai-chat' ? 'bench' : `bench-${name}`
}

export const CHAT_PATH = SPOKEN['openai-chat'].path('bench', false)

/** A chat completion request. */
export function body(members: Record<string, unknown>, text: string): string {
  return JSON.stringify({ model: 'bench', max_tokens: 200, messages: [{ role: 'user', content: text }], ...members })
}

/** 17 kB. */
export const LONG_PROMPT = 'The quick brown fox jumps over the lazy dog. '.repeat(380)
const SHORT_PROMPT = 'Hello!'
const STREAM_REST_MS = 2

export const WORKLOADS: [Workload, ...Workload[]] = [
  { id: 'json', name: 'JSON, 0.7 kB answer', path: CHAT_PATH, body: body({}, SHORT_PROMPT), toControl: 0.65 },
  { id: 'prompt', name: 'JSON, 17 kB prompt', path: CHAT_PATH, body: body({}, LONG_PROMPT), toControl: 0.6 },
  {
    id: 'stream',
    name: 'stream of 100 events',
    path: CHAT_PATH,
    body: body({ stream: true }, SHORT_PROMPT),
    restMs: STREAM_REST_MS,
    toControl: 0.6,
  },
]

/** The formats beside OpenAI Chat, each passed through. */
export const OTHERS = ['anthropic', 'gemini', 'openai-responses', 'cohere', 'ollama'] as const satisfies SpokenName[]

function asked(name: SpokenName, model: string, stream: boolean): Pick<Workload, 'path' | 'body' | 'restMs'> {
  const spoken = SPOKEN[name]
  const request = { path: spoken.path(model, stream), body: spoken.body(model, SHORT_PROMPT, stream) }
  return stream ? { ...request, restMs: STREAM_REST_MS } : request
}

const FORMS = [
  { stream: false, form: 'JSON' },
  { stream: true, form: 'stream' },
]

export const DIALECT_WORKLOADS: Workload[] = [
  ...OTHERS.flatMap((name) =>
    FORMS.map(({ stream, form }): Workload => ({
      id: 'dialects',
      name: `${TITLES[name]}, ${form}`,
      ...asked(name, modelOf(name), stream),
    })),
  ),
  ...FORMS.map(({ stream, form }): Workload => ({
    id: 'dialects',
    name: `${TITLES['openai-chat']} in, ${TITLES.anthropic} out, ${form}`,
    ...asked('openai-chat', modelOf('anthropic'), stream),
    translated: true,
  })),
]
