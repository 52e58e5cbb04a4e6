import type { Bucket } from '../../../packages/core/src/index.ts'
import { answer, either, sendJson, usage } from '../../support/behaviours.ts'
import { say } from '../../support/config.ts'
import type { Behaviour, Exchange } from '../../support/upstream.ts'

/** What is said to be told of every bucket of tokens that a conversation can have. */
const EVERY = 'every bucket'

const EVERY_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 100,
  total_tokens: 200,
  prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 10, audio_tokens: 10, image_tokens: 10 },
  completion_tokens_details: { reasoning_tokens: 10, audio_tokens: 10, image_tokens: 10 },
}

/** More than the call may cost by its hold. */
const BEYOND = 'beyond the hold'

const ANSWERS: [asked: (exchange: Exchange) => boolean, answer: Behaviour][] = [
  [({ url }) => url.endsWith('/images/generations'), (exchange) => sendJson(exchange, 200, { created: 1, data: [{ b64_json: 'A' }] })],
  [({ url }) => url.endsWith('/audio/speech'), ({ response }) => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('audio')],
  [
    ({ url }) => url.endsWith('/audio/transcriptions'),
    (exchange) => sendJson(exchange, 200, { text: 'Hi', usage: { type: 'duration', seconds: 4 } }),
  ],
  [
    ({ url }) => url.endsWith('/rerank'),
    (exchange) => sendJson(exchange, 200, { results: [], meta: { billed_units: { search_units: 1 } } }),
  ],
  [({ bytes }) => bytes.includes(EVERY), answer(EVERY_USAGE)],
  [({ bytes }) => bytes.includes(BEYOND), answer(usage(0, 30))],
  [({ body }) => 'messages' in body, either(5, { usage: usage(0, 5) })],
]

/** Answers whatever is asked, with usage of what was asked for: five tokens, where nothing else was. */
export const obliging: Behaviour = (exchange) => {
  const [, found] = ANSWERS.find(([asked]) => asked(exchange)) ?? []
  return found === undefined ? sendJson(exchange, 200, {}) : found(exchange)
}

/** A call, without the key and the model. */
export interface Using {
  path: string
  body: (model: string) => string
  type?: string
}

const json = (path: string, body: object): Using => ({ path, body: (model) => JSON.stringify({ model, ...body }) })

const CONVERSATION = json('/v1/chat/completions', { max_tokens: 100, messages: say(`${EVERY}, ${'x'.repeat(500)}`) })

/** Costs three times what is held for it. */
export const EXCESS = json('/v1/chat/completions', { max_tokens: 10, messages: say(BEYOND) })

const part = (of: string, text: string): string => `--b\r\nContent-Disposition: form-data; name="${of}"\r\n\r\n${text}\r\n`

/** Calls that use what is not counted in tokens of a conversation. */
const OTHERS: Partial<Record<Bucket, Using>> = {
  image: json('/v1/images/generations', { prompt: 'an otter', n: 1 }),
  character: json('/v1/audio/speech', { input: 'Hello', voice: 'alloy' }),
  search: json('/v1/rerank', { query: 'q', documents: ['a', 'b'] }),
  second: {
    path: '/v1/audio/transcriptions',
    body: (model) => `${part('model', model)}${part('file"; filename="a.bin', 'x'.repeat(5_000))}--b--\r\n`,
    type: 'multipart/form-data; boundary=b',
  },
}

/** A call that uses a bucket. */
export function callThatUses(bucket: Bucket): Using {
  return OTHERS[bucket] ?? CONVERSATION
}

/** Nothing reports what is kept for an hour in OpenAI's words; a body that can cause it is held at its price. */
export const MARKED_FOR_AN_HOUR = {
  max_tokens: 10,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(1_000), cache_control: { type: 'ephemeral', ttl: '1h' } }] }],
}
