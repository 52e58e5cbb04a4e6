import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt } from '@faregate/core'
import { flawsOf } from '../../src/definition.ts'

const SOUND: Prompt = {
  model: 'm',
  system: 'Into {{language}}.',
  user: '{{text}}',
  variables: { text: { type: 'string' }, language: { type: 'string', enum: ['de', 'en'], default: 'de' } },
}

function flaws(changes: Partial<Prompt>, prefix = '/translate'): string[] {
  const found = flawsOf({ kind: 'prompt', prefix, prompt: { ...SOUND, ...changes } })
  return found.map(({ path, problem, fix, missing }) => `${missing === true ? 'missing ' : ''}${path.join('.')} ${problem}: ${fix}`)
}

test('a prompt that is sound has no flaw', () => {
  assert.deepEqual(flaws({}), [])
  assert.deepEqual(
    flaws({ system: undefined, user: '{{text}} {{language}}', output: { type: 'object', properties: { a: { type: 'string' } } } }),
    [],
  )
})

const TABLE: [changes: Partial<Prompt>, said: RegExp][] = [
  [{ model: '' }, /^missing prompt\.model is missing: no model is asked/],
  [{ user: '' }, /^missing prompt\.user is missing/],
  [{ user: '{{text}}\n  {{txet}}' }, /^prompt\.user line 2, column 3: `\{\{txet\}\}` is not declared: declare `txet`.*`text`, `language`/],
  [
    { system: 'a {{language}} {{#each text}}' },
    /^prompt\.system line 1, column 16: `\{\{#each text\}\}` is no variable: .*there is no logic/,
  ],
  [{ system: 'no variable' }, /^prompt\.variables\.language is in neither `system` nor `user`: write `\{\{language\}\}`/],
  [{ variables: { ...SOUND.variables, 'a-b': { type: 'string' } } }, /^prompt\.variables\.a-b `a-b` is no name of a variable/],
  [
    { variables: { ...SOUND.variables, Text: { type: 'string' } } },
    /^prompt\.variables\.Text differs from `text` in capital letters alone/,
  ],
  [{ variables: { ...SOUND.variables, text: { type: 'integer', enum: ['1'] } } }, /^prompt\.variables\.text\.enum is for text/],
  [{ variables: { ...SOUND.variables, text: { type: 'string', enum: ['a', 'a'] } } }, /^prompt\.variables\.text\.enum names a value twice/],
  [
    { variables: { ...SOUND.variables, text: { type: 'integer', default: 0.5 } } },
    /^prompt\.variables\.text\.default .*make it an integer/,
  ],
  [
    { variables: { ...SOUND.variables, text: { type: 'string', enum: ['a'], default: 'b' } } },
    /^prompt\.variables\.text\.default .*make it one of "a"/,
  ],
  [{ output: { type: 'array' } }, /^prompt\.output is no schema of an object/],
  [{ output: { type: 'object', properties: { a: { $ref: '#/x' } } } }, /^prompt\.output refers to another schema/],
  [{ output: deep(30) }, /^prompt\.output is nested deeper/],
]

function deep(levels: number): Record<string, unknown> {
  return levels === 0 ? { type: 'object' } : { type: 'object', properties: { a: deep(levels - 1) } }
}

test('what is wrong with a prompt is told with its place and how it is mended', () => {
  for (const [changes, said] of TABLE) {
    const found = flaws(changes)
    assert.ok(
      found.some((flaw) => said.test(flaw)),
      `${JSON.stringify(changes)}: ${found.join(' | ')}`,
    )
  }
})

test('a prompt stands below a prefix like any API', () => {
  assert.match(flaws({}, '/v1/translate').join(), /`\/v1` is the gateway's own/)
})
