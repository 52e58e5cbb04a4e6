import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Behaviour } from './support/upstream.ts'
import { openWorld, providerEntry, type World } from './support/world.ts'

let world: World
afterEach(() => world.close())

/** The model `m` at an upstream that speaks Cohere's chat, which takes neither dots nor dashes in names of tools. */
async function open(): Promise<World> {
  world = await openWorld({ model: { deployments: [{ provider: 'command', model: 'command-up', weight: 1 }] } })
  world.providers.set('command', { ...providerEntry(world.upstream.url, 'command'), kind: 'cohere' })
  return world
}

const NAME = 'mcp.files/read-all'
const ASK = {
  model: 'm',
  max_tokens: 100,
  messages: [
    { role: 'user', content: 'read it' },
    { role: 'assistant', tool_calls: [{ id: 'c0', type: 'function', function: { name: NAME, arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'c0', content: 'nothing' },
  ],
  tools: [{ type: 'function', function: { name: NAME, parameters: { type: 'object', properties: {} } } }],
}

type Named = { function: { name: string } }[]

function sentNames({ body }: { body: Buffer }): string[] {
  const { tools, messages } = JSON.parse(body.toString()) as { tools: Named; messages: { tool_calls?: Named }[] }
  return [...tools, ...messages.flatMap(({ tool_calls: calls }) => calls ?? [])].map((holder) => holder.function.name)
}

/** Calls the tool that it was offered. */
const calling: Behaviour = (response, call) => {
  const [name] = sentNames(call)
  const usage = { billed_units: { input_tokens: 10, output_tokens: 3 }, tokens: { input_tokens: 10, output_tokens: 3 } }
  const { stream } = JSON.parse(call.body.toString()) as { stream: boolean }
  const made = { id: 'c1', type: 'function', function: { name, arguments: '{}' } }
  if (!stream) {
    const message = { role: 'assistant', tool_calls: [made] }
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify({ id: 'a', message, finish_reason: 'TOOL_CALL', usage }))
  }
  const events = [
    { type: 'message-start', id: 'a', delta: { message: { role: 'assistant' } } },
    { type: 'tool-call-start', index: 0, delta: { message: { tool_calls: made } } },
    { type: 'tool-call-end', index: 0 },
    { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage } },
  ]
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n')
}

for (const stream of [false, true]) {
  test(`T7: ${stream ? 'a stream' : 'an answer'} calls a tool by the caller’s name for it, whatever the upstream was told`, async () => {
    const { upstream, post } = await open()
    upstream.behave(calling)
    const response = await post({ ...ASK, stream })
    const text = await response.text()
    assert.equal(response.status, 200, text)
    assert.deepEqual(
      [...text.matchAll(/"name":"([^"]*)"/g)].map(([, name]) => name),
      [NAME],
    )
    const [call] = upstream.calls
    assert.ok(call !== undefined)
    const [offered, called] = sentNames(call)
    assert.match(offered ?? '', /^[A-Za-z_]\w{0,63}$/)
    assert.equal(called, offered)
  })
}
