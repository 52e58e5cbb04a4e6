import { endless, events, openaiError } from '../../support/faults.ts'
import { brokenOff, counted, FAILED, faultsOf, refused } from './fault.ts'
import { healthy, OK, USAGE } from './healthy.ts'

const ERROR = `data: ${JSON.stringify(openaiError('internal engine failure at 10.1.2.3', 'server_error', null))}\n\n`
const RATE = openaiError('slow down', 'requests', 'rate_limit_exceeded')

/** Errors in the middle of a stream. */
export const ERRORS = faultsOf('stream', [
  { name: 'error-first', does: 'sends an error as its first event', upstream: events(() => [ERROR]), streamed: FAILED },
  {
    name: 'error-first-429',
    does: 'sends an error with the code 429 as its first event',
    upstream: events(() => [`data: ${JSON.stringify({ error: { ...RATE, code: 429 } })}\n\n`]),
    streamed: refused(503, 'provider_rate_limited'),
  },
  {
    name: 'error-after-comments',
    does: 'sends comments, then an error',
    upstream: events(() => [': PROCESSING\n\n', ': PROCESSING\n\n', ERROR]),
    streamed: FAILED,
  },
  {
    name: 'error',
    does: 'sends an error after five words',
    upstream: events((say) => [say.role, ...say.words(5), ERROR]),
    streamed: brokenOff(5),
  },
  {
    name: 'error-then-done',
    does: 'sends an error after five words, then ends as if all were well',
    upstream: events((say) => [say.role, ...say.words(5), ERROR, say.finish, say.usage(USAGE), say.done]),
    streamed: brokenOff(5),
  },
  {
    name: 'error-event',
    does: 'sends an event named error',
    upstream: events((say) => [say.role, ...say.words(5), 'event: error\ndata: overloaded\n\n']),
    streamed: brokenOff(5),
  },
  {
    name: 'error-text',
    does: 'sends an error as text',
    upstream: events((say) => [say.role, ...say.words(5), 'data: {"error":"overloaded"}\n\n']),
    streamed: brokenOff(5),
  },
  {
    name: 'error-finish',
    does: 'ends its choice with finish reason error',
    upstream: events((say) => [say.role, ...say.words(5), say.finish.replace('"stop"', '"error"'), say.done]),
    streamed: brokenOff(5),
  },
])

/** Four times the limit of fifty, in whole slices of eight after the limit. */
const ENDLESS = 202

/** How streams end that are not cut. */
export const ENDS = faultsOf('stream', [
  {
    name: 'after-done',
    does: 'goes on after its terminator',
    upstream: events((say) => [...healthy(say), ...say.words(5), ERROR, say.done]),
    streamed: OK,
  },
  { name: 'done-twice', does: 'sends its terminator twice', upstream: events((say) => [...healthy(say), say.done]), streamed: OK },
  {
    name: 'done-unterminated',
    does: 'leaves out the blank line behind its terminator',
    upstream: events((say) => [...healthy(say).slice(0, -1), 'data: [DONE]']),
    streamed: OK,
  },
  {
    name: 'done-unfinished',
    does: 'sends its terminator without a finish reason or usage',
    upstream: events((say) => [say.role, ...say.words(5), say.done]),
    streamed: counted(5),
  },
  { name: 'done-only', does: 'sends its terminator and nothing else', upstream: events((say) => [say.done]), streamed: counted(0) },
  {
    name: 'finish-early',
    does: 'sends the finish reason before the words',
    upstream: events((say) => [say.role, say.finish, ...say.words(5), say.usage(USAGE), say.done]),
    streamed: OK,
  },
  {
    name: 'finish-twice',
    does: 'sends the finish reason twice',
    upstream: events((say) => [say.role, ...say.words(5), say.finish, say.finish, say.usage(USAGE), say.done]),
    streamed: OK,
  },
  {
    name: 'endless',
    does: 'never stops, whatever the limit',
    upstream: endless,
    streamed: { gets: 'error-event', code: 'provider_error', words: ENDLESS, charge: { by: 'count', tokens: ENDLESS } },
  },
  {
    name: 'second-choice',
    does: 'sends two choices where one was asked for',
    upstream: events((say) => [
      say.role,
      ...say.words(3),
      ...say.words(2).map((word) => word.replace('"index":0', '"index":1')),
      say.finish,
      say.done,
    ]),
    streamed: counted(5),
  },
])
