import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ROUTES, type RouteSpec } from '@faregate/contract'
import { limit } from '@faregate/contract/limits'
import { LIMIT_PARTITIONS, LIMIT_WINDOWS } from '@faregate/core'
import { faregate } from '../support/cli.ts'
import { ROOT } from '../support/gateway.ts'
import { API_KNOBS } from './apis.ts'
import { CONTRACT_KNOBS } from './contract.ts'
import { INVOICE_KNOBS } from './invoices.ts'
import { LIMIT_KNOBS } from './limits.ts'
import { MAIL_KNOBS } from './mail.ts'
import { MODEL_KNOBS } from './models.ts'
import { PAYMENT_KNOBS } from './payments.ts'
import { PROMPT_KNOBS } from './prompts.ts'
import { SERVER_KNOBS } from './server.ts'
import { START_KNOBS } from './start.ts'
import { startWorlds, stopWorlds } from './tuned.ts'
import type { Worlds } from './tuned.ts'

/** Of what stands in the configuration file. */
const CONFIGURATION_KNOBS = {
  ...MODEL_KNOBS,
  ...API_KNOBS,
  ...CONTRACT_KNOBS,
  ...PROMPT_KNOBS,
  ...SERVER_KNOBS,
  ...INVOICE_KNOBS,
  ...PAYMENT_KNOBS,
  ...MAIL_KNOBS,
}

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
  assert.deepEqual(Object.keys(CONFIGURATION_KNOBS).toSorted(), settings(schema).toSorted())
})

test('every flag of the start, and every variable that its help names, has a test that it changes something', async () => {
  const { stdout } = await faregate(['start', '--help'])
  const named = [...stdout.matchAll(/--[a-z][a-z-]+|FAREGATE_[A-Z_]+/g)].map(([name]) => name).filter((name) => name !== '--help')
  const missing = [...new Set(named)].filter((name) => !(name in START_KNOBS))
  assert.ok(named.length > 5, stdout)
  assert.deepEqual(missing, [])
})

test('every field of a limit, and everyone who can have one, has a test that it changes something', () => {
  const windows = Object.keys(LIMIT_WINDOWS).filter((per) => limit.safeParse({ kind: 'requests', amount: 1, per }).success)
  const partitions = LIMIT_PARTITIONS.filter((by) => limit.safeParse({ kind: 'concurrency', amount: 1, by }).success)
  const values: Record<string, string[]> = {
    kind: limit.options.map(({ shape }) => `kind.${shape.kind.value}`),
    per: windows.map((per) => `per.${per}`),
    by: partitions.map((by) => `by.${by}`),
  }
  const options = limit.options.flatMap(({ shape }) => Object.keys(shape).flatMap((name) => values[name] ?? [name]))
  const owners = Object.entries(ROUTES).flatMap(([name, { body }]: [string, RouteSpec]) =>
    body !== undefined && 'limits' in body.shape ? [`${name}.limits`] : [],
  )
  assert.deepEqual(Object.keys(LIMIT_KNOBS).toSorted(), [...new Set([...options, ...owners])].toSorted())
})

describe('a setting changes what the gateway does', () => {
  let worlds: Worlds

  before(async () => {
    worlds = await startWorlds()
  })
  after(() => stopWorlds(worlds))

  for (const [name, knob] of Object.entries({ ...CONFIGURATION_KNOBS, ...START_KNOBS, ...LIMIT_KNOBS })) test(name, () => knob(worlds))
})
