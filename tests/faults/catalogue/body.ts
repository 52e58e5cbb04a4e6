import { chunk, sendJson } from '../../support/behaviours.ts'
import { openaiError, raw } from '../../support/faults.ts'
import { FAILED, faultsOf } from './fault.ts'
import { half, json, OK, USAGE, whole } from './healthy.ts'

/** Success by its status, and then its content. */
export const BODY = faultsOf('body', [
  { name: 'empty', does: 'answers nothing', upstream: json(() => ''), both: FAILED },
  {
    name: 'html',
    does: 'answers a web page',
    upstream: json(() => '<!doctype html><html><body>Welcome to the hotel network</body></html>', { 'content-type': 'text/html' }),
    both: FAILED,
  },
  { name: 'text', does: 'answers text that is called JSON', upstream: json(() => 'upstream connect error'), both: FAILED },
  { name: 'null', does: 'answers null', upstream: json(() => 'null'), both: FAILED },
  { name: 'array', does: 'answers a list', upstream: json((exchange) => `[${whole(exchange)}]`), both: FAILED },
  { name: 'number', does: 'answers a number', upstream: json(() => '200'), both: FAILED },
  { name: 'half', does: 'answers half a JSON document', upstream: json((exchange) => half(whole(exchange))), both: FAILED },
  {
    name: 'two-documents',
    does: 'answers two JSON documents',
    upstream: json((exchange) => whole(exchange) + whole(exchange)),
    both: FAILED,
  },
  {
    name: 'no-choices',
    does: 'leaves the choices out',
    upstream: json(() => ({ id: 'x', object: 'chat.completion', usage: USAGE })),
    both: FAILED,
  },
  {
    name: 'null-choices',
    does: 'answers null for the choices',
    upstream: json(() => ({ id: 'x', choices: null, usage: USAGE })),
    both: FAILED,
  },
  {
    name: 'deep',
    does: 'nests its JSON 100,000 times',
    upstream: json(() => `{"choices":${'['.repeat(100_000)}${']'.repeat(100_000)},"x":[`),
    both: FAILED,
  },
  {
    name: 'error',
    does: 'answers an error object',
    upstream: json(() => openaiError('the engine at 10.1.2.3 is overloaded', 'server_error', null)),
    both: FAILED,
  },
  { name: 'error-text', does: 'answers an error as text', upstream: json(() => ({ error: 'overloaded' })), both: FAILED },
  {
    name: 'error-beside-nothing',
    does: 'answers an error beside a choice without text',
    upstream: json(() => ({
      ...openaiError('boom', 'server_error', null),
      choices: [{ index: 0, message: { role: 'assistant', content: '' } }],
    })),
    both: FAILED,
  },
  {
    name: 'no-type',
    does: 'names no content type',
    upstream: raw((exchange) => `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${whole(exchange)}`),
    whole: OK,
    streamed: FAILED,
  },
  {
    name: 'wrong-type',
    does: 'calls its JSON plain text',
    upstream: json((exchange) => whole(exchange), { 'content-type': 'text/plain' }),
    whole: OK,
    streamed: FAILED,
  },
  {
    name: 'stream-called-json',
    does: 'calls its event stream JSON',
    upstream: json((exchange) => `${chunk(exchange.model, { content: ' the' }, 'stop')}data: [DONE]\n\n`),
    both: FAILED,
  },
  {
    name: 'other-kind',
    does: 'streams where a whole answer was asked for, and the reverse',
    upstream: (exchange) => {
      if (exchange.body['stream'] === true) return sendJson(exchange, 200, whole(exchange))
      const events = `${chunk(exchange.model, { content: ' the' }, 'stop')}data: [DONE]\n\n`
      return sendJson(exchange, 200, events, { 'content-type': 'text/event-stream' })
    },
    both: FAILED,
  },
])
