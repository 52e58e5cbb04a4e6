import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { faregate } from '../support/cli.ts'
import { ROOT } from '../support/gateway.ts'
import { MODEL_KNOBS } from './models.ts'
import { PAYMENT_KNOBS } from './payments.ts'
import { SERVER_KNOBS } from './server.ts'
import { START_KNOBS } from './start.ts'
import { startWorlds, stopWorlds } from './tuned.ts'
import type { Worlds } from './tuned.ts'

interface SchemaNode {
  type?: string | string[]
  properties?: Record<string, SchemaNode>
  additionalProperties?: boolean | SchemaNode
  items?: SchemaNode
}

/** Every setting that a schema knows, by path: `models.*.price.input`, `providers[].keys[].key`. */
function settings(node: SchemaNode, path = ''): string[] {
  const below = (part: string): string => (path === '' ? part : `${path}.${part}`)
  if (node.properties !== undefined) return Object.entries(node.properties).flatMap(([name, child]) => settings(child, below(name)))
  if (node.items?.properties !== undefined) return settings(node.items, `${path}[]`)
  if (typeof node.additionalProperties === 'object') return settings(node.additionalProperties, below('*'))
  return [path]
}

test('every setting of the configuration has a test that it changes something, and nothing else is claimed', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs/reference/configuration.schema.json'), 'utf8')) as SchemaNode
  assert.deepEqual(Object.keys({ ...MODEL_KNOBS, ...SERVER_KNOBS, ...PAYMENT_KNOBS }).toSorted(), settings(schema).toSorted())
})

test('every flag of the start, and every variable that its help names, has a test that it changes something', async () => {
  const { stdout } = await faregate(['start', '--help'])
  const named = [...stdout.matchAll(/--[a-z][a-z-]+|FAREGATE_[A-Z_]+/g)].map(([name]) => name).filter((name) => name !== '--help')
  const missing = [...new Set(named)].filter((name) => !(name in START_KNOBS))
  assert.ok(named.length > 5, stdout)
  assert.deepEqual(missing, [])
})

describe('a setting changes what the gateway does', () => {
  let worlds: Worlds

  before(async () => {
    worlds = await startWorlds()
  })
  after(() => stopWorlds(worlds))

  for (const [name, knob] of Object.entries({ ...MODEL_KNOBS, ...SERVER_KNOBS, ...PAYMENT_KNOBS, ...START_KNOBS })) {
    test(name, () => knob(worlds))
  }
})
