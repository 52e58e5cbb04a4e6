// The balance ends while the answer is streaming: what came is kept, and the error says what was charged for it.
import { createFetch, Denied, eventsOf } from '@faregate/client'
import { key, question, url } from './support.mjs'

let text = ''
try {
  const response = await createFetch({ url, key })('/v1/chat/completions', question({ stream: true, max_tokens: 10_000 }))
  for await (const event of eventsOf(response)) text += event.choices[0]?.delta.content ?? ''
} catch (error) {
  if (!(error instanceof Denied) || !error.is('stream_funds_exhausted')) throw error
  console.log(`ended after ${text.length > 0 ? 'some' : 'no'} text, charged: ${error.charged !== false}`)
}
