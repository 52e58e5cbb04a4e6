import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic, gemini, openaiChat, openaiResponses, type Dialect } from '../src/index.ts'

const MESSAGES = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
const CONTENTS = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }

const ASKED: [dialect: Dialect, body: object, member: string, dearer: string[], others: string[]][] = [
  [openaiChat, MESSAGES, 'service_tier', ['priority', 'fast'], ['auto', 'default', 'flex', 'scale']],
  [openaiResponses, { model: 'm', input: 'hi' }, 'service_tier', ['priority', 'ultrafast'], ['auto', 'default', 'flex']],
  [anthropic, MESSAGES, 'speed', ['fast'], ['standard']],
  [gemini, CONTENTS, 'serviceTier', ['PRIORITY', 'priority'], ['STANDARD', 'FLEX']],
  [gemini, CONTENTS, 'service_tier', ['PRIORITY'], ['FLEX']],
]

test('U7, U11: a service that costs more than its model is refused by its member; every other passes', () => {
  for (const [dialect, body, member, dearer, others] of ASKED) {
    const read = (word: string): ReturnType<Dialect['read']> =>
      dialect.read({
        path: '/v1beta/models/m:generateContent',
        query: '',
        headers: {},
        body: Buffer.from(JSON.stringify({ ...body, [member]: word })),
      })
    for (const word of dearer) {
      const result = read(word)
      assert.deepEqual([result.ok, !result.ok && result.pointer], [false, `/${member}`], `${dialect.name} ${word}`)
    }
    for (const word of others) assert.equal(read(word).ok, true, `${dialect.name} ${word}`)
  }
})
