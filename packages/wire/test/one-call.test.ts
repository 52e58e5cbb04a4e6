import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bedrock, cohere, gemini, ollama, type Conversation, type UpstreamDialect } from '../src/index.ts'

const TOOL = { type: 'function' as const, name: 'f', at: '/tools/0' }
const WISH: Partial<Conversation> = { tools: [TOOL], parallelToolCalls: false }

/** None of these vendors can be told to call one tool at a time. */
const UNABLE: [dialect: UpstreamDialect, model: string][] = [
  [gemini, 'gemini-3-pro-preview'],
  [cohere, 'command-a-03-2025'],
  [ollama, 'qwen3'],
  [bedrock, 'amazon.nova-pro-v1:0'],
]

for (const [dialect, model] of UNABLE) {
  test(`T5: ${dialect.name} is asked for one tool call at a time: named as lost, unless it comes true by itself`, () => {
    const lost = (more: Partial<Conversation>): string[] => {
      const turns: Conversation['turns'] = [{ role: 'user', parts: [{ type: 'text', text: 'hi', at: '/m' }], at: '/m' }]
      const { unsupported } = dialect.encodeRequest({ stream: false, turns, others: {}, ...more }, { model, outputLimit: 50, quirks: {} })
      return unsupported.map(({ at }) => at)
    }
    assert.deepEqual(lost(WISH), ['/parallelToolCalls'])
    assert.deepEqual(lost({ ...WISH, toolChoice: { kind: 'auto' } }), ['/parallelToolCalls'])
    assert.deepEqual(lost({ ...WISH, parallelToolCalls: true }), [])
    assert.deepEqual(lost({ ...WISH, tools: [] }), [])
    assert.deepEqual(lost({ ...WISH, toolChoice: { kind: 'none' } }), [])
  })
}
