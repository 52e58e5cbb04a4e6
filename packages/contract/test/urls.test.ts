import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROUTES } from '../src/routes.ts'

const NOT_URLS = ['', 'null', 'http/', 'http://127.0n0.1:9/v1', 'x'.repeat(700), 'ftp://up.example/v1', 'javascript:alert(1)']

/** What is wrong with a body for a route, in the words of its schema. */
function complaints(operation: 'createProvider' | 'updateSettings', body: unknown): string[] {
  return ROUTES[operation].body.safeParse(body).error?.issues.map(({ message }) => message) ?? []
}

test('what is no http or https URL is told so, once, and nothing throws', () => {
  for (const url of NOT_URLS) {
    const provider = { name: 'up', kind: 'openai-compatible', baseUrl: url, apiKey: 'sk-up' }
    assert.deepEqual(complaints('createProvider', provider), ['not an http or https URL'], url)
    assert.deepEqual(complaints('updateSettings', { publicUrl: url }), ['not an http or https URL'], url)
  }
})
