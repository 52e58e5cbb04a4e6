import { completion, usage, words } from '../../support/behaviours.ts'
import { raw } from '../../support/faults.ts'
import type { Exchange } from '../../support/upstream.ts'
import { answered, FAILED, faultsOf } from './fault.ts'
import { json } from './healthy.ts'

/** More than the gateway collects: forwarded as it comes, the end withheld until it is paid. */
const LARGE_WORDS = 300_000
const TOLD = usage(10, 150)

function large(cut: (text: string) => string = (text) => text, of: unknown = TOLD): (exchange: Exchange) => string {
  return (exchange) => cut(JSON.stringify(completion(exchange.model, of, words(LARGE_WORDS))))
}

function framedLarge(cut: (text: string) => string): (exchange: Exchange) => string {
  return (exchange) => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n${large(cut)(exchange)}`
}

/** Of a whole answer of 300,000 words the gateway counts more than it holds: the hold bounds what it charges. */
const BY_THE_HOLD = { by: 'count', tokens: 50 } as const

export const LARGE = faultsOf('body', [
  { name: 'large', does: 'answers more than a megabyte', upstream: json(large()), whole: answered(LARGE_WORDS, TOLD), streamed: FAILED },
  {
    name: 'large-chunked',
    does: 'answers more than a megabyte in chunks of any size',
    upstream: async (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'application/json' })
      const text = large()(exchange)
      for (let from = 0; from < text.length; from += 77_777) exchange.response.write(text.slice(from, from + 77_777))
      exchange.response.end()
    },
    whole: answered(LARGE_WORDS, TOLD),
  },
  {
    name: 'large-without-usage',
    does: 'answers more than a megabyte and tells no usage',
    upstream: json(large((text) => text, null)),
    whole: { gets: 'answer', words: LARGE_WORDS, charge: BY_THE_HOLD },
  },
  {
    name: 'large-closed',
    does: 'closes in the middle of more than a megabyte',
    upstream: raw(framedLarge((text) => text.slice(0, -100))),
    whole: { gets: 'cut-connection', code: 'provider_error', charge: BY_THE_HOLD },
  },
  {
    name: 'large-too-short',
    does: 'sends more than a megabyte, and less than it states',
    upstream: raw(framedLarge((text) => text)),
    whole: { gets: 'cut-connection', code: 'provider_error', charge: { by: 'usage', usage: TOLD } },
  },
  {
    name: 'large-html',
    does: 'answers a web page of more than a megabyte',
    upstream: json(() => `<!doctype html>${'<p>Welcome</p>'.repeat(100_000)}`, { 'content-type': 'text/html' }),
    both: FAILED,
  },
  {
    name: 'large-half',
    does: 'ends more than a megabyte of JSON in its middle, as if it were whole',
    upstream: json(large((text) => text.slice(0, -100))),
    whole: { gets: 'cut-connection', code: 'provider_error', charge: BY_THE_HOLD },
  },
])
