import { asksForUsage, chunk, completion, openStream, sendJson, usage, usageChunk, words } from '../support/behaviours.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Behaviour, Exchange, Upstream } from '../support/upstream.ts'
import { pause } from '../support/wait.ts'
import { Seeded } from '../fuzz/random.ts'
import { noteCall } from './books.ts'
import type { Books } from './books.ts'

/** Calls that are kept to be looked at; a soak makes too many to keep all. */
const KEPT_CALLS = 200

/** An upstream that answers every model by its name, and writes down what it sent for whom. */
export async function startSoakUpstream(seed: number, booksOf: (model: string) => Books): Promise<Upstream> {
  const random = new Seeded(seed)
  const upstream = await startUpstream()
  upstream.onCall = () => {
    if (upstream.calls.length > KEPT_CALLS) upstream.calls.splice(0, upstream.calls.length - KEPT_CALLS)
  }
  const answer: Behaviour = async (exchange) => {
    const books = booksOf(exchange.model)
    const count = random.between(1, 20)
    if (exchange.model.startsWith('faulty') && random.chance(0.7)) return random.pick(FAULTS)(exchange, books, count)
    if (exchange.model.startsWith('first') && random.chance(0.5)) return fail(exchange)
    return right(exchange, books, count, random)
  }
  return upstream.on('*', answer)
}

/** Whole or streamed, at once or over some time. Usage is told before the words, in no order that a caller can see. */
async function right(exchange: Exchange, books: Books, count: number, random: Seeded): Promise<void> {
  noteCall(books, count, usage(0, count))
  const slow = random.chance(0.3)
  if (exchange.body['stream'] !== true) {
    if (slow) await pause(random.between(5, 200))
    return sendJson(exchange, 200, completion(exchange.model, usage(0, count), words(count)))
  }
  openStream(exchange)
  for (let i = 0; i < count && !exchange.response.destroyed; i++) {
    exchange.response.write(chunk(exchange.model, { content: ' the' }))
    if (slow) await pause(random.between(1, 20))
  }
  exchange.response.write(chunk(exchange.model, {}, 'stop'))
  if (slow) await pause(random.between(1, 50))
  if (asksForUsage(exchange)) exchange.response.write(usageChunk(exchange.model, usage(0, count)))
  exchange.response.end('data: [DONE]\n\n')
}

function fail(exchange: Exchange): void {
  sendJson(exchange, 500, { error: { message: 'the engine fell over', type: 'server_error', code: null, param: null } })
}

type Fault = (exchange: Exchange, books: Books, count: number) => unknown

/** Opens a stream, or the half of a JSON answer, with so many words, which may be charged. */
function half(exchange: Exchange, books: Books, count: number): void {
  noteCall(books, count, undefined)
  if (exchange.body['stream'] === true) {
    openStream(exchange)
    for (let i = 0; i < count; i++) exchange.response.write(chunk(exchange.model, { content: ' the' }))
  } else {
    exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' })
    exchange.response.write('{"choices":[{"message":{"content":"')
  }
}

const FAULTS: Fault[] = [
  fail,
  (exchange) => exchange.socket.resetAndDestroy(),
  (exchange) => exchange.socket.end(),
  (exchange) => sendJson(exchange, 429, { error: { message: 'slow down' } }, { 'retry-after': '1' }),
  (exchange) => sendJson(exchange, 200, '<html>no</html>', { 'content-type': 'text/html' }),
  (exchange, books, count) => {
    noteCall(books, count, usage(0, count))
    sendJson(exchange, 200, JSON.stringify(completion(exchange.model, usage(0, count), words(count))).slice(0, -20))
  },
  async (exchange, books, count) => {
    half(exchange, books, count)
    await pause(20)
    exchange.socket.resetAndDestroy()
  },
  (exchange, books, count) => {
    half(exchange, books, count)
    exchange.response.end()
  },
  (exchange, books, count) => {
    half(exchange, books, count)
    exchange.response.end('data: {"error":{"message":"no"}}\n\n')
  },
  (exchange, books, count) => {
    noteCall(books, count, undefined)
    sendJson(exchange, 200, completion(exchange.model, { prompt_tokens: -1, completion_tokens: 1e15 }, words(count)))
  },
]
