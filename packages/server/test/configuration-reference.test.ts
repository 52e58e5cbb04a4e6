import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { configurationJsonSchema, type SchemaNode } from '../src/config/json-schema.ts'
import { configurationReference } from '../src/config/reference.ts'

const folder = new URL('../../../docs/reference/', import.meta.url)
const mend = 'run: node packages/server/src/config/write-reference.ts'

test('docs/reference/configuration.schema.json is current', () => {
  const written = JSON.parse(readFileSync(new URL('configuration.schema.json', folder), 'utf8')) as unknown
  assert.deepEqual(written, JSON.parse(JSON.stringify(configurationJsonSchema())), mend)
})

test('docs/reference/configuration.md is current', () => {
  assert.equal(readFileSync(new URL('configuration.md', folder), 'utf8'), configurationReference(), mend)
})

test('every member of the configuration is described', () => {
  const bare: string[] = []
  const walk = (node: SchemaNode, path: string) => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      if (child.description === undefined) bare.push(path + name)
      walk(child, `${path}${name}.`)
    }
    if (node.items !== undefined) walk(node.items, `${path}[]`)
    if (typeof node.additionalProperties === 'object') walk(node.additionalProperties, `${path}*.`)
  }
  walk(configurationJsonSchema(), '')
  assert.deepEqual(bare, [])
})

test('an unquoted price is right for an editor too', () => {
  const price = configurationJsonSchema().properties?.['models']?.additionalProperties
  assert.ok(typeof price === 'object')
  assert.deepEqual(price.properties?.['price']?.properties?.['input']?.type, ['string', 'number'])
})

test('a time is said by an example, not by the pattern that it matches', () => {
  const since = configurationReference()
    .split('\n')
    .find((line) => line.includes('`apis.NAME.routes[].retirement.since`'))
  assert.match(since ?? '', /a time with an offset, such as "2027-01-31T00:00:00Z"/)
})
