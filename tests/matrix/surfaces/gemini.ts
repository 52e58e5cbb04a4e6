import assert from 'node:assert/strict'
import { objectAt, objects } from '../../replay/rules/walk.ts'
import type { Surface } from './surface.ts'

/** `POST /v1beta/models/{model}:generateContent`, and `:streamGenerateContent?alt=sse`. */
export const gemini: Surface = {
  name: 'gemini',
  title: 'Gemini generateContent',
  dialect: 'gemini',
  framing: 'sse',
  path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: (key) => ({ 'x-goog-api-key': key }),
  body: (form) => form,
  ask: (text, limit) => ({ contents: [{ role: 'user', parts: [{ text }] }], generationConfig: { maxOutputTokens: limit } }),
  assertShape(events, { model }) {
    for (const event of events) {
      assert.equal(objects(event['candidates']).length, 1, JSON.stringify(event))
      if (model !== undefined) assert.equal(event['modelVersion'], model)
    }
    const finished = events.flatMap((event, index) => (objects(event['candidates'])[0]?.['finishReason'] == null ? [] : [index]))
    assert.deepEqual(finished, [events.length - 1], 'why it ended is told once, last')
    assert.notEqual(events.at(-1)?.['usageMetadata'], undefined)
    assert.equal(new Set(events.map(({ responseId }) => responseId)).size, 1, 'one answer has one id')
  },
  stops: {
    stop: 'STOP',
    length: 'MAX_TOKENS',
    stop_sequence: 'STOP',
    tool_calls: 'STOP',
    refusal: 'SAFETY',
    refusal_text: 'STOP',
    content_filter: 'SAFETY',
  },
  details(events) {
    const usage = objectAt(events.at(-1), 'usageMetadata')
    return { cacheRead: Number(usage['cachedContentTokenCount'] ?? 0), reasoning: Number(usage['thoughtsTokenCount'] ?? 0) }
  },
  next(body, events, results) {
    const parts = events.flatMap((event) => objects(objectAt(objects(event['candidates'])[0], 'content')['parts']))
    const calls = parts.flatMap((part) => (part['functionCall'] === undefined ? [] : [objectAt(part, 'functionCall')]))
    const answers = calls.map(({ id, name }, index) => ({
      functionResponse: { ...(id === undefined ? {} : { id }), name, response: JSON.parse(results[index] ?? '{}') as unknown },
    }))
    return { ...body, contents: [...objects(body['contents']), { role: 'model', parts }, { role: 'user', parts: answers }] }
  },
}
