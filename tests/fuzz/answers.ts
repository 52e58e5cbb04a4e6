import { corrupt } from './bytes.ts'
import { mutate, tree, write } from './json-tree.ts'
import type { Seeded } from './random.ts'
import type { Usage } from '../support/auditor.ts'

/** What the upstream was asked for, as far as it decides the answer. */
export interface Asked {
  model: string
  stream: boolean
  asksForUsage: boolean
  n: number
  /** Output tokens a choice at most; undefined: the caller said nothing. */
  limit: number | undefined
}

/**
 * What the answer must cost: exactly its usage, nothing, or what its body says where that is beyond doubt, else at most
 * what could be held.
 */
export type Due = { kind: 'exact'; usage: Usage } | { kind: 'nothing' } | { kind: 'bounded'; body?: string }

/** An answer as bytes on the socket. */
export interface Written {
  bytes: Buffer
  /** What follows the bytes: the connection is kept, closed, reset, or left open in silence. */
  after: 'keep' | 'close' | 'reset' | 'silence'
  due: Due
}

/** Usage that a provider could report for the call: never more output than was asked for. */
function usageFor(random: Seeded, asked: Asked): Usage {
  const input = random.between(1, 16)
  const output = random.between(1, Math.min(24, asked.limit ?? 24)) * asked.n
  const detail = (most: number): number => (random.chance(0.5) ? 0 : random.between(0, most))
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(random.chance(0.7) ? { prompt_tokens_details: { cached_tokens: detail(input) } } : {}),
    ...(random.chance(0.7) ? { completion_tokens_details: { reasoning_tokens: detail(output) } } : {}),
  }
}

function completionText(random: Seeded, asked: Asked, usage: unknown): string {
  const choices = Array.from({ length: asked.n }, (_, index) => ({
    index,
    message: { role: 'assistant', content: random.pick(['Hello.', 'ä€😀', '"usage":{"prompt_tokens":999}', '\u0000\n"\\']), refusal: null },
    finish_reason: 'stop',
  }))
  const body = { id: 'chatcmpl-fuzz', object: 'chat.completion', created: 1_770_000_000, model: asked.model, choices, usage }
  return write(tree(body), random.chance(0.2) ? random : undefined)
}

/** The events of a stream, one string each. */
function streamEvents(random: Seeded, asked: Asked, usage: unknown): string[] {
  const shared = { id: 'chatcmpl-fuzz', object: 'chat.completion.chunk', created: 1_770_000_000, model: asked.model }
  const event = (more: Record<string, unknown>): string => `data: ${JSON.stringify({ ...shared, ...more })}\n\n`
  const delta = (index: number, content: string, finish: string | null = null): string =>
    event({ choices: [{ index, delta: finish === null ? { content } : {}, finish_reason: finish }] })
  const events: string[] = []
  for (let index = 0; index < asked.n; index++) {
    events.push(event({ choices: [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }] }))
    for (let word = random.between(1, Math.min(6, asked.limit ?? 6)); word > 0; word--)
      events.push(delta(index, random.pick([' the', 'ä', ' "x"', '\n'])))
    events.push(delta(index, '', 'stop'))
  }
  if (asked.asksForUsage) events.push(event({ choices: [], usage }))
  return [...events, 'data: [DONE]\n\n']
}

function http(status: number, headers: Record<string, string>, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body)
  const lines = Object.entries({ ...headers, 'content-length': String(bytes.length) }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n`, 'latin1'), bytes])
}

const JSON_TYPE = { 'content-type': 'application/json' }
const SSE_TYPE = { 'content-type': 'text/event-stream' }

/** An answer in which nothing is wrong. */
export function rightAnswer(random: Seeded, asked: Asked): Written {
  const usage = usageFor(random, asked)
  const due: Due = { kind: 'exact', usage }
  if (!asked.stream) return { bytes: http(200, JSON_TYPE, completionText(random, asked, usage)), after: 'keep', due }
  return { bytes: http(200, SSE_TYPE, streamEvents(random, asked, usage).join('')), after: 'keep', due }
}

const ODD_USAGE: unknown[] = [
  undefined,
  null,
  {},
  [],
  5,
  'many',
  { prompt_tokens: -1, completion_tokens: 5, total_tokens: 4 },
  { prompt_tokens: 1.5, completion_tokens: 5, total_tokens: 6.5 },
  { prompt_tokens: '5', completion_tokens: 5, total_tokens: 10 },
  { prompt_tokens: 5, completion_tokens: 1e15, total_tokens: 1e15 },
  { prompt_tokens: 1e15, completion_tokens: 5, total_tokens: 1e15 },
  { prompt_tokens: 5, completion_tokens: 5, total_tokens: 1 },
  { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10, prompt_tokens_details: { cached_tokens: 50 } },
  { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10, completion_tokens_details: { reasoning_tokens: -50 } },
  { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  { total_tokens: 10 },
]

const FREE_STATUS = [301, 302, 304, 400, 401, 402, 403, 404, 408, 409, 413, 415, 418, 422, 429, 451, 500, 501, 502, 503, 504, 507, 529, 599]

const ERRORS = [
  '{"error":{"message":"no","type":"server_error","code":null,"param":null}}',
  '{"error":"text"}',
  '{"detail":[{"loc":["body"],"msg":"x"}]}',
  '[{"error":{"code":429,"message":"quota"}}]',
  '<html>Bad Gateway</html>',
  '',
  'null',
  '{"error":{"message":{"deep":true},"code":{}}}',
  '\u0000\u0001',
]

const CONTENT_TYPES = [
  'text/html',
  'application/octet-stream',
  '',
  'application/json; charset=\xff',
  'TEXT/EVENT-STREAM',
  'text/event-stream;x',
  'application/jsonx',
]

function bounded(body: string): Due {
  return { kind: 'bounded', body }
}

/** A status that is no success: free, whatever the body says. */
function failure(random: Seeded, asked: Asked): Written {
  const status = random.pick(FREE_STATUS)
  const headers: Record<string, string> = { ...JSON_TYPE }
  if (random.chance(0.2)) headers['retry-after'] = random.pick(['1', '-5', '1e9', 'soon', 'Fri, 31 Dec 2999 23:59:59 GMT', '0.5'])
  if (random.chance(0.2)) headers['content-type'] = random.pick(CONTENT_TYPES)
  const body = random.chance(0.2) ? completionText(random, asked, usageFor(random, asked)) : random.pick(ERRORS)
  return { bytes: http(status, headers, status === 304 ? '' : body), after: 'keep', due: { kind: 'nothing' } }
}

function oddUsage(random: Seeded, asked: Asked): Written {
  const usage = random.pick(ODD_USAGE)
  const body = asked.stream ? streamEvents(random, asked, usage).join('') : completionText(random, asked, usage)
  return { bytes: http(200, asked.stream ? SSE_TYPE : JSON_TYPE, body), after: 'keep', due: bounded(body) }
}

function oddStructure(random: Seeded, asked: Asked): Written {
  const usage = usageFor(random, asked)
  const rewrite = (text: string): string => {
    const node = tree(JSON.parse(text) as unknown)
    mutate(random, node)
    return write(node)
  }
  if (!asked.stream) {
    const body = rewrite(completionText(random, asked, usage))
    return { bytes: http(200, JSON_TYPE, body), after: 'keep', due: bounded(body) }
  }
  const events = streamEvents(random, asked, usage).map((event) =>
    random.chance(0.3) && event.startsWith('data: {') ? `data: ${rewrite(event.slice(6))}\n\n` : event,
  )
  if (random.chance(0.3)) events.splice(random.below(events.length), 1)
  if (random.chance(0.2))
    events.splice(
      random.below(events.length),
      0,
      random.pick([': ping\n\n', 'data: [DONE]\n\n', 'event: error\ndata: x\n\n', 'data:\n\n', '\n\n', 'data: null\n\n']),
    )
  const body = events.join('')
  return { bytes: http(200, SSE_TYPE, body), after: 'keep', due: bounded(body) }
}

function oddBytes(random: Seeded, asked: Asked): Written {
  const usage = usageFor(random, asked)
  const text = asked.stream ? streamEvents(random, asked, usage).join('') : completionText(random, asked, usage)
  const body = corrupt(random, Buffer.from(text))
  const headers: Record<string, string> = { ...(asked.stream ? SSE_TYPE : JSON_TYPE) }
  if (random.chance(0.1)) headers['content-type'] = random.pick(CONTENT_TYPES)
  if (random.chance(0.1)) headers['content-encoding'] = random.pick(['gzip', 'br', 'deflate', 'identity', 'nonsense'])
  // Of another type or encoding, the same bytes say something else.
  const plain = headers['content-encoding'] === undefined && headers['content-type'] === JSON_TYPE['content-type']
  return { bytes: http(200, headers, body), after: 'keep', due: plain ? bounded(body.toString()) : { kind: 'bounded' } }
}

/** HTTP that is broken, cut off, or never comes. */
function oddHttp(random: Seeded, asked: Asked): Written {
  const { bytes, due: right } = rightAnswer(random, asked)
  const kind = random.weighted([
    [6, 'corrupt'],
    [6, 'cut'],
    [2, 'reset'],
    [1, 'nothing'],
    [1, 'silence'],
    [2, 'interim'],
    [1, 'excess'],
  ] as const)
  const due: Due = { kind: 'bounded' }
  if (kind === 'corrupt') return { bytes: corrupt(random, bytes), after: 'close', due }
  if (kind === 'interim')
    return { bytes: Buffer.concat([Buffer.from('HTTP/1.1 102 Processing\r\nx: y\r\n\r\n'), bytes]), after: 'keep', due: right }
  if (kind === 'excess') return { bytes: Buffer.concat([bytes, Buffer.from('HTTP/1.1 200 OK\r\n\r\nmore')]), after: 'close', due }
  if (kind === 'nothing') return { bytes: Buffer.alloc(0), after: random.pick(['close', 'reset']), due: { kind: 'nothing' } }
  const cut = bytes.subarray(0, random.below(bytes.length))
  return { bytes: cut, after: kind === 'cut' ? 'close' : kind, due }
}

/** An answer in which something may be wrong. */
export function oddAnswer(random: Seeded, asked: Asked): Written {
  const make = random.weighted([
    [2, rightAnswer],
    [2, failure],
    [2, oddUsage],
    [5, oddStructure],
    [4, oddBytes],
    [2, oddHttp],
  ])
  return make(random, asked)
}
