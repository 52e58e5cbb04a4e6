import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, FunctionTool, ToolChoice } from '../../src/index.ts'
import { assistant, CLAUDE, lost, NOVA, turn, user, write, type Written } from './asking.ts'

const LLAMA = 'meta.llama3-3-70b-instruct-v1:0'
const MISTRAL = 'mistral.mistral-large-2407-v1:0'

function tool(name: string, given: Partial<FunctionTool> = {}): FunctionTool {
  return { type: 'function', name, at: `/tools/${name}`, ...given }
}

function toolConfig({ body }: Written): { tools?: { toolSpec: Record<string, unknown> }[]; toolChoice?: unknown } {
  return body['toolConfig'] ?? {}
}

test('T8, T9: a tool has its schema in the order of keys that it came in, and always one of an object', () => {
  const parameters = { properties: { z: { type: 'string' }, a: { $ref: '#/$defs/A' } }, $defs: { A: { const: 1 } } }
  const written = write({ tools: [tool('find', { description: 'Finds.', parameters }), tool('none', { description: ' ' })] })
  assert.deepEqual(toolConfig(written), {
    tools: [
      { toolSpec: { name: 'find', description: 'Finds.', inputSchema: { json: { type: 'object', ...parameters } } } },
      { toolSpec: { name: 'none', inputSchema: { json: { type: 'object', properties: {} } } } },
    ],
  })
  assert.match(written.text, /"z":\{"type":"string"\},"a":/)
})

const CHOICES: [choice: ToolChoice, model: string, expected: unknown, lostAt: string[]][] = [
  [{ kind: 'auto' }, CLAUDE, undefined, []],
  [{ kind: 'required' }, CLAUDE, { any: {} }, []],
  [{ kind: 'tool', name: 'b' }, CLAUDE, { tool: { name: 'b' } }, []],
  [{ kind: 'tool', name: 'b' }, NOVA, { tool: { name: 'b' } }, []],
  [{ kind: 'required' }, LLAMA, undefined, ['/toolChoice']],
  [{ kind: 'required' }, 'eu.anthropic.claude-opus-5-5-v1:0', undefined, ['/toolChoice']],
  [{ kind: 'auto' }, LLAMA, undefined, []],
]

for (const [choice, model, expected, lostAt] of CHOICES) {
  test(`T5: ${JSON.stringify(choice)} for ${model}`, () => {
    const written = write({ tools: [tool('a'), tool('b')], toolChoice: choice }, model)
    assert.deepEqual(toolConfig(written).toolChoice, expected)
    assert.equal(toolConfig(written).tools?.length, 2)
    assert.deepEqual(lost(written), lostAt)
  })
}

test('T5: one tool for a model that knows `any` only: it is the only one', () => {
  const written = write({ tools: [tool('a'), tool('b')], toolChoice: { kind: 'tool', name: 'b' } }, MISTRAL)
  assert.deepEqual(
    toolConfig(written).tools?.map(({ toolSpec }) => toolSpec['name']),
    ['b'],
  )
  assert.deepEqual(toolConfig(written).toolChoice, { any: {} })
})

test('T5: allowed tools are the only ones that are declared', () => {
  const written = write({ tools: [tool('a'), tool('b'), tool('c')], toolChoice: { kind: 'allowed', names: ['c', 'a'], required: true } })
  assert.deepEqual(
    toolConfig(written).tools?.map(({ toolSpec }) => toolSpec['name']),
    ['a', 'c'],
  )
  assert.deepEqual(toolConfig(written).toolChoice, { any: {} })
})

test('T5: `none` leaves the tools out, but for a history that needs them, where it is refused by name', () => {
  const asked: Partial<Conversation> = { tools: [tool('a')], toolChoice: { kind: 'none' } }
  const fresh = write(asked)
  assert.equal('toolConfig' in fresh.body, false)
  assert.deepEqual(lost(fresh), [])
  const turns = [
    user('x'),
    assistant({ type: 'tool_call', id: 'c', name: 'a', arguments: '{}', at: '/c' }),
    turn('tool', [{ type: 'tool_result', callId: 'c', content: [{ type: 'text', text: 'y', at: '' }], at: '/r' }]),
  ]
  const later = write({ ...asked, turns })
  assert.deepEqual(lost(later), ['/toolChoice'])
  assert.equal(toolConfig(later).tools?.length, 1)
})

test("T5: one call at a time is said in Claude's own words, beside which `toolChoice` is not said", () => {
  const fields = (choice: ToolChoice): unknown => {
    const written = write({ tools: [tool('a')], toolChoice: choice, parallelToolCalls: false })
    assert.equal(toolConfig(written).toolChoice, undefined)
    return written.body['additionalModelRequestFields']
  }
  assert.deepEqual(fields({ kind: 'auto' }), { tool_choice: { type: 'auto', disable_parallel_tool_use: true } })
  assert.deepEqual(fields({ kind: 'required' }), { tool_choice: { type: 'any', disable_parallel_tool_use: true } })
  assert.deepEqual(fields({ kind: 'tool', name: 'a' }), { tool_choice: { type: 'tool', name: 'a', disable_parallel_tool_use: true } })
  assert.deepEqual(lost(write({ tools: [tool('a')], parallelToolCalls: false }, NOVA)), ['/parallelToolCalls'])
  assert.deepEqual(lost(write({ tools: [tool('a')], parallelToolCalls: true }, NOVA)), [])
})

test('T8: strict arguments are enforced where the model can, and refused by name where not', () => {
  const asked = { tools: [tool('a', { strict: true })] }
  assert.equal(toolConfig(write(asked)).tools?.[0]?.toolSpec['strict'], true)
  const nova = write(asked, NOVA)
  assert.equal('strict' in (toolConfig(nova).tools?.[0]?.toolSpec ?? {}), false)
  assert.deepEqual(lost(nova), ['/tools/a'])
  assert.deepEqual(lost(write({ tools: [tool('a', { strict: false })] }, NOVA)), [])
})

test('T10: a tool of another vendor is refused by name', () => {
  const written = write({ tools: [{ type: 'vendor', dialect: 'anthropic', name: 'web_search_20250305', value: {}, at: '/tools/0' }] })
  assert.deepEqual(written.unsupported, [{ at: '/tools/0', what: 'the tool web_search_20250305', why: "it is one of anthropic's own" }])
  assert.equal('toolConfig' in written.body, false)
})
