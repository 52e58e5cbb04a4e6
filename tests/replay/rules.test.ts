import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask } from './cases/ask.ts'
import { BASES } from './cases/bases.ts'
import { CASES } from './cases/table.ts'
import { RULES } from './rules/table.ts'
import { startReplay, type Replay } from './server.ts'
import type { Vendor } from './types.ts'

let replay: Replay
before(async () => {
  replay = await startReplay()
})
after(() => replay.close())

test('every rule has an id of its own, a sentence, a link to documentation, and one pair of requests', () => {
  const ids = RULES.map(({ id }) => id)
  assert.deepEqual(new Set(ids).size, ids.length)
  assert.deepEqual(CASES.map(({ rule }) => rule).toSorted(), ids.toSorted())
  for (const rule of RULES) {
    assert.match(rule.doc, /^https:\/\/[\w.-]+\/\S+$/, rule.id)
    assert.ok(rule.what.length > 10 && !rule.what.endsWith('.'), rule.id)
  }
})

for (const { rule, base, first, breaks, keeps } of CASES) {
  test(`${rule}: what breaks it is refused for it, what keeps it is answered`, async () => {
    if (first !== undefined) {
      replay.next({ answer: first.answer })
      assert.equal((await ask(replay, base, first.change)).status, 200)
    }
    const refused = await ask(replay, base, breaks)
    const body = await refused.text()
    assert.equal(refused.headers.get('x-replay-rule'), rule, body)
    assert.ok(refused.status >= 400 && refused.status < 500, body)
    const vendor = BASES[base]?.vendor ?? 'openai'
    assert.ok(ENVELOPES[base === 'vertex-claude' ? 'anthropic' : vendor](JSON.parse(body) as Envelope), body)
    const answered = await ask(replay, base, keeps)
    assert.equal(answered.status, 200, `${answered.headers.get('x-replay-rule')}: ${await answered.text()}`)
  })
}

interface Envelope {
  type?: unknown
  id?: unknown
  object?: unknown
  message?: unknown
  error?: string | { type?: unknown; message?: unknown; param?: unknown; code?: unknown; status?: unknown }
}

function openai({ error }: Envelope): boolean {
  return (
    typeof error === 'object' && typeof error.message === 'string' && typeof error.type === 'string' && 'param' in error && 'code' in error
  )
}

function google({ error }: Envelope): boolean {
  return (
    typeof error === 'object' && typeof error.code === 'number' && typeof error.message === 'string' && typeof error.status === 'string'
  )
}

/** What the official SDKs look for in an error. */
const ENVELOPES: Record<Vendor, (body: Envelope) => boolean> = {
  openai,
  azure: openai,
  deepseek: openai,
  compatible: openai,
  anthropic: ({ type, error }) =>
    type === 'error' && typeof error === 'object' && typeof error.type === 'string' && typeof error.message === 'string',
  gemini: google,
  vertex: google,
  mistral: ({ object, message }) => object === 'error' && message !== undefined,
  cohere: ({ message }) => typeof message === 'string',
  ollama: ({ error }) => typeof error === 'string',
  bedrock: ({ message }) => typeof message === 'string',
}
