import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, StreamEvent, ToolChoice, UpstreamDialect } from '../src/index.ts'
import { anthropic, bedrock, cohere, gemini, namesBack, ollama, openaiChat, openaiResponses } from '../src/index.ts'

/** What each vendor takes, as its own documentation says it. */
const UPSTREAMS: [upstream: UpstreamDialect, takes: RegExp, model: string][] = [
  [openaiChat, /^[a-zA-Z0-9_-]{1,64}$/, 'gpt-4.1'],
  [openaiResponses, /^[a-zA-Z0-9_-]{1,64}$/, 'gpt-4.1'],
  [anthropic, /^[a-zA-Z0-9_-]{1,128}$/, 'claude-sonnet-4-5'],
  [bedrock, /^[a-zA-Z0-9_-]{1,64}$/, 'anthropic.claude-sonnet-4-5'],
  [gemini, /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/, 'gemini-2.5-flash'],
  [cohere, /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, 'command-a-03-2025'],
]

const LONG = `mcp__${'server_'.repeat(20)}`
const NAMES = ['plain_name', 'mcp.files/read', 'mcp.files:read', '9lives', 'größe', '😀😀', `${LONG}read`, `${LONG}write`, 'with-dash']

/** Tools of these names, one that must be called, and what was called before. */
function asking(names: readonly string[], chosen: Partial<Conversation> = {}): Conversation {
  return {
    stream: false,
    tools: names.map((name, index) => ({ type: 'function', name, parameters: { type: 'object' }, at: `/tools/${index}` })),
    turns: [
      { role: 'user', parts: [{ type: 'text', text: 'go', at: '/m/0' }], at: '/m/0' },
      {
        role: 'assistant',
        parts: names.map((name, index) => ({ type: 'tool_call', id: `c${index}`, name, arguments: '{}', at: `/m/1/${index}` })),
        at: '/m/1',
      },
      {
        role: 'tool',
        parts: names.map((name, index) => ({
          type: 'tool_result',
          callId: `c${index}`,
          name,
          content: [{ type: 'text', text: 'ok', at: '' }],
          at: `/m/2/${index}`,
        })),
        at: '/m/2',
      },
    ],
    others: {},
    ...chosen,
  }
}

function bodyOf(upstream: UpstreamDialect, conversation: Conversation, model: string): unknown {
  const { body, unsupported } = upstream.encodeRequest(conversation, { model, outputLimit: 99, quirks: {} })
  assert.deepEqual(unsupported, [])
  return JSON.parse(body.toString())
}

/** Every name in a body that is one of a tool's: those beside `name` and in lists of allowed ones. */
function namesIn(value: unknown, found: string[] = []): string[] {
  if (Array.isArray(value)) for (const item of value) namesIn(item, found)
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) {
      if (key === 'name' && typeof member === 'string') found.push(member)
      else if (key === 'allowedFunctionNames') found.push(...(member as string[]))
      else namesIn(member, found)
    }
  return found
}

/** What the caller gets for a call of this name. */
function told(upstream: UpstreamDialect, conversation: Conversation, name: string): string[] {
  const back = namesBack(conversation, upstream.toolNames)
  const event: StreamEvent = { type: 'tool_call', choice: 0, call: 0, id: 'c', name }
  const call = { type: 'tool_call', id: 'c', name, arguments: '{}', at: '' } as const
  const answer = { choices: [{ parts: [call], stop: { reason: 'tool_calls' as const } }], usage: { ok: false, reason: 'missing' } as const }
  const [streamed] = back?.events([event]) ?? [event]
  const [part] = (back?.answer(answer) ?? answer).choices[0]?.parts ?? []
  assert.ok(streamed?.type === 'tool_call' && part?.type === 'tool_call')
  return [streamed.name, part.name]
}

for (const [upstream, takes, model] of UPSTREAMS) {
  test(`T7: ${upstream.name}: tools of any name are sent under names that it takes, each under one of its own, and come back`, () => {
    const conversation = asking(NAMES)
    const sent = [...new Set(namesIn(bodyOf(upstream, conversation, model)))]
    assert.equal(sent.length, NAMES.length)
    for (const name of sent) assert.match(name, takes)
    assert.deepEqual(
      sent.map((name) => told(upstream, conversation, name)),
      NAMES.map((name) => [name, name]),
    )
  })

  test(`T7: ${upstream.name}: a name that it takes stays as it is; the choice, calls and results are under the name of their tool`, () => {
    assert.ok(namesIn(bodyOf(upstream, asking(['plain_name']), model)).every((name) => name === 'plain_name'))
    const name = 'mcp files/read'
    const choices: ToolChoice[] = [
      { kind: 'tool', name },
      { kind: 'allowed', names: [name], required: true },
    ]
    for (const toolChoice of choices) assert.equal(new Set(namesIn(bodyOf(upstream, asking([name], { toolChoice }), model))).size, 1)
  })

  test(`T7, T9: ${upstream.name}: what a name becomes depends on that name alone`, () => {
    const [alone] = namesIn(bodyOf(upstream, asking(['a b']), model))
    assert.ok(alone !== undefined && namesIn(bodyOf(upstream, asking(['c d', 'x', 'a b']), model)).includes(alone))
  })
}

test('T7: a tool that already has the name which another would become keeps it', () => {
  const [taken] = namesIn(bodyOf(openaiChat, asking(['a b']), 'm'))
  assert.ok(taken !== undefined)
  const conversation = asking(['a b', taken])
  const [first, second] = new Set(namesIn(bodyOf(openaiChat, conversation, 'm')))
  assert.equal(second, taken)
  assert.ok(first !== undefined && first !== taken)
  assert.deepEqual(told(openaiChat, conversation, first), ['a b', 'a b'])
  assert.deepEqual(told(openaiChat, conversation, taken), [taken, taken])
})

test('T7: Ollama takes any name; a model that calls what nobody offered is told as it calls', () => {
  assert.deepEqual([...new Set(namesIn(bodyOf(ollama, asking(NAMES), 'llama3')))], NAMES)
  assert.deepEqual(told(cohere, asking(['a b']), 'invented'), ['invented', 'invented'])
})
