import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiChat, openaiResponses, type RawEvent } from '@faregate/wire'

const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
const OUTPUT = [
  { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'a' } },
  { type: 'web_search_call', status: 'completed', action: { type: 'open_page', url: 'https://example.com' } },
  { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'b' } },
  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Found', annotations: [] }] },
]
const RESPONSE = { id: 'resp_1', model: 'm', status: 'completed', output: OUTPUT, usage: USAGE }

test('U7: each search of a response is counted, and no page that was opened', () => {
  const read = openaiResponses.readAnswer(Buffer.from(JSON.stringify(RESPONSE)))
  assert.deepEqual(read?.usage, { ok: true, buckets: { input: 10, output: 5, search: 2 } })
  const event: RawEvent = {
    raw: Buffer.alloc(0),
    event: 'response.completed',
    data: JSON.stringify({ type: 'response.completed', response: RESPONSE }),
  }
  const steps = openaiResponses.streamReader(1).read(event)
  assert.deepEqual(steps.usage, { ok: true, buckets: { input: 10, output: 5, search: 2 } })
})

test('U7: Perplexity tells in its usage how often it searched', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, num_search_queries: 18 }
  assert.deepEqual(openaiChat.usageMember.read(usage), { ok: true, buckets: { input: 10, output: 5, search: 18 } })
  assert.deepEqual(openaiChat.usageMember.read({ ...usage, num_search_queries: -1 }), {
    ok: false,
    reason: 'negative',
    raw: { ...usage, num_search_queries: -1 },
  })
})
