import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Html } from '../src/pages/html.ts'
import { page, PAGE_HEADERS } from '../src/pages/layout.ts'

test('the content security policy admits the style sheet that a page carries, so that browsers apply it', () => {
  const style = /<style>(?<text>[^]*?)<\/style>/.exec(page('Title', new Html(''), '0.0.0'))?.groups?.['text']
  assert.ok(style !== undefined && style.length > 1000)
  const hash = createHash('sha256').update(style).digest('base64')
  assert.ok(PAGE_HEADERS['content-security-policy']?.includes(`'sha256-${hash}'`))
})
