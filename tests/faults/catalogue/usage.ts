import { completion, sendJson, usage, usageChunk, words } from '../../support/behaviours.ts'
import { events, raw } from '../../support/faults.ts'
import type { Behaviour } from '../../support/upstream.ts'
import { answered, counted, faultsOf } from './fault.ts'
import type { Due } from './fault.ts'

const USAGE = usage(10, 5)
const COUNTED = counted(5)

/** Five words and this usage, in either kind of answer. */
function told(of: unknown): Behaviour {
  return (exchange) =>
    exchange.body['stream'] === true
      ? events((say) => [say.role, ...say.words(5), say.finish, say.usage(of), say.done])(exchange)
      : sendJson(exchange, 200, completion(exchange.model, of, words(5)))
}

/** Usage that nobody can be charged by, and what is wrong with it. */
const UNUSABLE: { name: string; does: string; usage: unknown }[] = [
  { name: 'null', does: 'null', usage: null },
  { name: 'empty', does: 'an empty object', usage: {} },
  { name: 'number', does: 'a number', usage: 15 },
  { name: 'array', does: 'a list', usage: [10, 5, 15] },
  { name: 'text', does: 'text', usage: 'ten in, five out' },
  { name: 'strings', does: 'numbers as text', usage: { prompt_tokens: '10', completion_tokens: '5', total_tokens: '15' } },
  { name: 'nulls', does: 'null for each count', usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null } },
  { name: 'zeros', does: 'zeros', usage: usage(0, 0) },
  { name: 'zero-output', does: 'no output, although there is some', usage: usage(10, 0) },
  { name: 'total-only', does: 'nothing but a total', usage: { total_tokens: 15 } },
  { name: 'output-only', does: 'nothing but output', usage: { completion_tokens: 5 } },
  { name: 'booleans', does: 'true', usage: { prompt_tokens: true, completion_tokens: true } },
  { name: 'negative-input', does: 'less than no input', usage: usage(-10, 5) },
  { name: 'negative-output', does: 'less than no output', usage: usage(10, -5) },
  { name: 'negative-cache', does: 'less than nothing from the cache', usage: usage(10, 5, { cached: -1_000_000 }) },
  { name: 'fractional', does: 'fractions of tokens', usage: usage(10.5, 5.25) },
  { name: 'absurd-output', does: 'more than four times the limit', usage: usage(10, 201) },
  { name: 'absurd-input', does: 'an input that the request cannot have', usage: usage(1_000_000, 5) },
  { name: 'unsafe', does: 'more than a number holds', usage: usage(10, 2 ** 53) },
  { name: 'total-too-low', does: 'a total below its parts', usage: { ...USAGE, total_tokens: 3 } },
  {
    name: 'total-too-high',
    does: 'a total that its parts do not explain',
    usage: { ...usage(10, 5, { reasoning: 2 }), total_tokens: 1_000 },
  },
  { name: 'cache-too-high', does: 'more from the cache than there was input', usage: usage(10, 5, { cached: 11 }) },
  { name: 'reasoning-too-high', does: 'more reasoning than there was output', usage: usage(10, 5, { reasoning: 6 }) },
]

const CONTENT = faultsOf('usage', [
  ...UNUSABLE.map(({ name, does, usage: of }) => ({ name, does: `reports ${does} as its usage`, upstream: told(of), both: COUNTED })),
  {
    name: 'exponent',
    does: 'writes its counts with exponents',
    upstream: rewritten((text) =>
      text.replaceAll('"prompt_tokens":10', '"prompt_tokens":1e1').replaceAll('"completion_tokens":5', '"completion_tokens":0.5E1'),
    ),
    both: answered(5, USAGE),
  },
  {
    name: 'infinite',
    does: 'reports a count beyond any number',
    upstream: rewritten((text) => text.replaceAll('"completion_tokens":5', '"completion_tokens":1e999')),
    both: COUNTED,
  },
  {
    name: 'member-twice',
    does: 'writes the member usage twice in one object',
    upstream: rewritten((text) => text.replaceAll('"usage":{', `"usage":${JSON.stringify(usage(10, 40))},"usage":{`)),
    both: answered(5, USAGE),
  },
  {
    name: 'decoys',
    does: 'has members called usage everywhere but at the top',
    upstream: rewritten((text) =>
      text.replaceAll('"usage":{', '"metadata":{"usage":{"prompt_tokens":9,"completion_tokens":9}},"x_usage":{'),
    ),
    both: COUNTED,
  },
  { name: 'beyond-the-limit', does: 'made more than it was allowed', upstream: told(usage(10, 150)), both: answered(5, usage(10, 150)) },
  {
    name: 'details-null',
    does: 'leaves the details null',
    upstream: told({ ...USAGE, prompt_tokens_details: null, completion_tokens_details: null }),
    both: answered(5, USAGE),
  },
  {
    name: 'foreign-members',
    does: 'reports members that nobody knows',
    upstream: told({ ...USAGE, queue_time: 0.13, cost: '0.1', nested: { prompt_tokens: -1 } }),
    both: answered(5, USAGE),
  },
])

/** The usual answer, rewritten as text. */
function rewritten(change: (text: string) => string): Behaviour {
  return (exchange) => {
    if (exchange.body['stream'] === true) {
      return events((say) => [say.role, ...say.words(5), say.finish, change(say.usage(USAGE)), say.done])(exchange)
    }
    const text = change(JSON.stringify(completion(exchange.model, USAGE, words(5))))
    return raw(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`)(
      exchange,
    )
  }
}

function withUsage(chunk: string, of: unknown): string {
  return chunk.replace(/\}\n\n$/, `,"usage":${JSON.stringify(of)}}\n\n`)
}

/** Where in a stream usage stands, and how often. */
const PLACES: { name: string; does: string; upstream: Behaviour; streamed: Due }[] = [
  {
    name: 'absent',
    does: 'ignores that usage was asked for',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.done]),
    streamed: COUNTED,
  },
  {
    name: 'twice',
    does: 'sends its usage twice',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.usage(USAGE), say.usage(USAGE), say.done]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'corrected',
    does: 'sends its usage, then a better one',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.usage(usage(10, 9)), say.usage(USAGE), say.done]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'cumulative',
    does: 'sends its usage so far with each word',
    upstream: events((say) => [
      say.role,
      ...say.words(5).map((word, i) => withUsage(word, usage(10, i + 1))),
      withUsage(say.finish, USAGE),
      say.done,
    ]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'running-sum',
    does: 'sends its usage so far with each word, and none at the end',
    upstream: events((say) => [say.role, ...say.words(5).map((word, i) => withUsage(word, usage(10, i + 1))), say.finish, say.done]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'cumulative-cut',
    does: 'sends its usage so far with each word, and is cut',
    upstream: events((say) => [say.role, ...say.words(5).map((word, i) => withUsage(word, usage(10, i + 1)))]),
    streamed: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'usage', usage: USAGE } },
  },
  {
    name: 'with-finish',
    does: 'sends its usage with the finish reason',
    upstream: events((say) => [say.role, ...say.words(5), withUsage(say.finish, USAGE), say.done]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'before-finish',
    does: 'sends its usage before the finish reason',
    upstream: events((say) => [say.role, ...say.words(5), say.usage(USAGE), say.finish, say.done]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'first',
    does: 'sends its usage before the first word',
    upstream: events((say) => [withUsage(say.role, USAGE), ...say.words(5), say.finish, say.done]),
    streamed: answered(5, USAGE),
  },
  {
    name: 'first-input',
    does: 'sends its usage before there is any output, and never again',
    upstream: events((say) => [withUsage(say.role, usage(10, 0)), ...say.words(5), say.finish, say.done]),
    streamed: COUNTED,
  },
  {
    name: 'first-input-cut',
    does: 'sends its usage before there is any output, and is cut',
    upstream: events((say) => [withUsage(say.role, usage(10, 0)), ...say.words(5)]),
    streamed: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'count', tokens: 5 } },
  },
  {
    name: 'ahead-cut',
    does: 'reports what it is going to make, and is cut',
    upstream: events((say) => [withUsage(say.role, usage(10, 50)), ...say.words(5)]),
    streamed: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'count', tokens: 5 } },
  },
  {
    name: 'after-done',
    does: 'sends its usage behind its terminator',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.done, say.usage(USAGE)]),
    streamed: COUNTED,
  },
  {
    name: 'in-choice',
    does: 'puts its usage into a choice',
    upstream: events((say) => [
      say.role,
      ...say.words(5),
      say.finish.replace('"finish_reason"', `"usage":${JSON.stringify(USAGE)},"finish_reason"`),
      say.done,
    ]),
    streamed: COUNTED,
  },
  {
    name: 'good-then-bad',
    does: 'sends its usage, then one that cannot be',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.usage(USAGE), say.usage(usage(-1, -1)), say.done]),
    streamed: COUNTED,
  },
  {
    name: 'named-event',
    does: 'sends its usage in an event with a name',
    upstream: (exchange) =>
      events((say) => [say.role, ...say.words(5), say.finish, `event: usage\n${usageChunk(exchange.model, USAGE)}`, say.done])(exchange),
    streamed: answered(5, USAGE),
  },
]

/** What the upstream says of its usage. */
export const USAGES = [...CONTENT, ...faultsOf('usage', PLACES)]
