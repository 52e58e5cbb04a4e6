import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { README, withTables } from './readme.ts'
import { RULES } from './rules/table.ts'
import { VENDORS } from './types.ts'

test('the tables of the README are those of the code: node tests/replay/readme.ts writes them anew', () => {
  const text = readFileSync(README, 'utf8')
  assert.equal(text, withTables(text))
  for (const { id } of RULES) assert.ok(text.includes(`\`${id}\``), id)
  for (const vendor of VENDORS) assert.ok(text.includes(`\`${vendor}\``), vendor)
})

/** The vendors' own clients, which tests hold the server against. */
const CLIENTS = /^(openai|@anthropic-ai\/sdk|@google\/genai|@mistralai\/mistralai|cohere-ai|ollama)(\/|$)/

/** Every source file below a folder. */
function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sources(path) : name.endsWith('.ts') ? [path] : []
  })
}

test('nothing of what is tested is used: no import leaves this folder but for tests of their own clients', () => {
  for (const path of sources(import.meta.dirname)) {
    const outside = [...readFileSync(path, 'utf8').matchAll(/\bfrom '([^']+)'$/gm)].map(([, name = '']) => name)
    const allowed = path.endsWith('.test.ts') ? CLIENTS : /^$/
    const strange = outside.filter((name) => !name.startsWith('node:') && !name.startsWith('.') && !allowed.test(name))
    assert.deepEqual(strange, [], path)
    const depth = path.slice(import.meta.dirname.length + 1).split('/').length - 1
    assert.ok(
      outside.every((name) => !name.startsWith('../'.repeat(depth + 1))),
      path,
    )
  }
})
