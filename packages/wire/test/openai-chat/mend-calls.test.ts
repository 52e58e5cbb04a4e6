import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallMender } from '../../src/openai-chat/mend-calls.ts'
import { upstreamBody } from '../../src/openai-chat/upstream-body.ts'
import { readChatRequest } from '../../src/openai-chat/request.ts'

function mended(...pieces: string[]): string[] {
  const mender = new CallMender()
  return pieces.map((piece) => mender.mend(Buffer.from(piece)).toString())
}

const event = (delta: string, index = 0): string => `data: {"id":"a","choices":[{"index":${index},"delta":${delta}}]}\n\n`

test('T1: a whole answer: a call without a type is a function; every other byte stays where it was', () => {
  const answer = (call: string): string =>
    `{ "x":1.0, "choices": [ {"index":0,"message": {"tool_calls": [\n {${call}"id":"a{\\"}","function":{"name":"f","arguments":"{}"}} ], "content":null} } ] }`
  assert.deepEqual(mended(answer('')), [answer('"type":"function",')])
  assert.deepEqual(mended(answer('"type":null,')), [answer('"type":"function",')])
})

test('T1: a stream: calls are numbered in the order in which they begin, choice by choice; what continues one is not a call', () => {
  const begin = (more: string, name = 'f'): string => `{"tool_calls":[{${more}"id":"1","function":{"name":"${name}","arguments":""}}]}`
  const go = (more: string): string => `{"tool_calls":[{${more}"function":{"arguments":"{}"}}]}`
  assert.deepEqual(mended(event(begin('')), event(go('')), event(begin('')), event(go('')), event(begin(''), 1)), [
    event(begin('"type":"function","index":0,')),
    event(go('"index":0,')),
    event(begin('"type":"function","index":1,')),
    event(go('"index":1,')),
    event(begin('"type":"function","index":0,'), 1),
  ])
})

test('several calls in one event, some of them numbered', () => {
  const calls = (first: string, second: string): string =>
    event(`{"tool_calls":[{${first}"function":{"name":"f"}}, {${second}"function":{"name":"g"}}]}`)
  assert.deepEqual(mended(calls('"index":4,', '')), [calls('"type":"function","index":4,', '"type":"function","index":5,')])
})

test('where nothing is missing, or nothing can be read, the very same bytes are passed on', () => {
  const whole = [
    event('{"content":"tool_calls"}'),
    event('{"content":"\\"tool_calls\\""}'),
    event('{"tool_calls":[{"index":0,"id":"1","type":"function","function":{"name":"f","arguments":""}}]}'),
    event('{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}'),
    event('{"tool_calls":[{"index":0,"id":"1","type":"custom","custom":{"name":"f","input":""}}]}'),
    event('{"tool_calls":null}'),
    event('{"tool_calls":[7]}'),
    'data: {"choices":[{"delta":{"tool_calls":[{"id":\n\n',
    'data: {"choices":{"tool_calls":1}}\n\n',
    ': {"tool_calls"\n\n',
    'data: [DONE]\n\n',
  ]
  const mender = new CallMender()
  for (const piece of whole) {
    const bytes = Buffer.from(piece)
    assert.equal(mender.mend(bytes), bytes, piece)
  }
})

test('the user does not speak right after a tool where the vendor does not let him; what fits is passed on as it is', () => {
  const sent = (messages: unknown[]): string => {
    const body = Buffer.from(JSON.stringify({ model: 'm', messages }))
    const read = readChatRequest(body)
    assert.ok(read.ok)
    const change = { model: 'm', injectUsage: false, assistantAfterTools: true, withoutInMessages: ['refusal', 'annotations'] }
    return upstreamBody(read.request, change).toString()
  }
  const call = { role: 'assistant', tool_calls: [{ id: 'abcdefghi', type: 'function', function: { name: 'f', arguments: '{}' } }] }
  const result = { role: 'tool', tool_call_id: 'abcdefghi', content: 'x' }
  const user = { role: 'user', content: 'and now?' }
  assert.deepEqual((JSON.parse(sent([user, call, result, user])) as { messages: unknown[] }).messages, [
    user,
    call,
    result,
    { role: 'assistant', content: 'I have read that.' },
    user,
  ])
  assert.equal(sent([user, call, result]), JSON.stringify({ model: 'm', messages: [user, call, result] }))
  const said = { role: 'assistant', content: 'x' }
  const asOpenAi = { ...said, refusal: null, annotations: [] }
  assert.equal(sent([user, asOpenAi]), JSON.stringify({ model: 'm', messages: [user, said] }))
  const refused = { ...said, refusal: 'no' }
  assert.equal(sent([user, refused]), JSON.stringify({ model: 'm', messages: [user, refused] }))
})
