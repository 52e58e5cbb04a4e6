import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt } from '@faregate/core'
import { flawsOf } from '../../src/definition.ts'
import { compilePrompt } from '../../src/prompt/render.ts'
import { filled, lineAndColumn, readTemplate } from '../../src/prompt/template.ts'

const values: Record<string, string> = { a: 'A', long_name2: 'L', self: '{{a}}', braces: '}}{{' }

/** Template, and what it becomes; undefined: it has something in it that is no variable. */
const TABLE: [template: string, text: string | undefined][] = [
  ['', ''],
  ['nothing in it', 'nothing in it'],
  ['{{a}}', 'A'],
  ['{{ a }}', 'A'],
  ['{{\n\ta\n}}', 'A'],
  ['x{{a}}y{{a}}z', 'xAyAz'],
  ['{{a}}{{long_name2}}', 'AL'],
  ['{a} {{a}} }} {', '{a} A }} {'],
  ['{"json": {"deep": {{a}}}}', '{"json": {"deep": A}}'],
  ['{{self}} and {{braces}}', '{{a}} and }}{{'],
  ['{{', undefined],
  ['{{}}', undefined],
  ['{{ }}', undefined],
  ['{{a', undefined],
  ['{{a}', undefined],
  ['{{{a}}}', undefined],
  ['{{#if a}}x{{/if}}', undefined],
  ['{{a.b}}', undefined],
  ['{{a b}}', undefined],
  ['{{1a}}', undefined],
  ['{{_a}}', undefined],
  ['{{ä}}', undefined],
]

test('a template is text and {{name}}: values are put in as they are, and never read again', () => {
  for (const [template, text] of TABLE) {
    const { segments, strange } = readTemplate(template)
    if (text === undefined) assert.notEqual(strange.length, 0, template)
    else assert.deepEqual([filled(segments, (name) => values[name] ?? '?'), strange], [text, []], template)
  }
})

test('where something stands is told by line and column, as editors count', () => {
  const text = 'one\ntwo {{x}}\n\n{{y}}'
  assert.deepEqual(
    [lineAndColumn(text, 0), lineAndColumn(text, text.indexOf('{{x')), lineAndColumn(text, text.indexOf('{{y'))],
    ['line 1, column 1', 'line 2, column 5', 'line 4, column 1'],
  )
})

/** Small numbers that repeat for a seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
}

const NAMES = ['a', 'b', 'name', 'Other_1']
const TEXTS = ['', ' ', 'plain', '{', '}', '}}', '{ {a} }', 'é\n', '"', '\\', '$&', '$1', '{a', '%s']
const VALUES = ['', 'v', '{{a}}', '{{', '}}', '{{name}}{{b}}', '$&', '$`', '\\n', '{{ a }}', '\u0000', '🙂']

/** The model: pieces that are known apart before they are written, so that nothing has to be read. */
function made(next: (below: number) => number): { template: string; pieces: { text?: string; name?: string }[] } {
  const pieces = Array.from({ length: next(8) }, () => {
    const name = NAMES[next(NAMES.length)] ?? 'a'
    return next(2) === 0 ? { name } : { text: TEXTS[next(TEXTS.length)] ?? '' }
  })
  const template = pieces
    .map(({ name, text = '' }) => (name === undefined ? text : `{{${' '.repeat(next(3))}${name}${' '.repeat(next(3))}}}`))
    .join('')
  return { template, pieces }
}

test('20,000 generated templates are filled as their pieces say, and say nothing else', () => {
  const next = random(4711)
  let compared = 0
  for (let round = 0; round < 20_000; round++) {
    const { template, pieces } = made(next)
    // A brace of text before or after a variable's own makes another template: which one is what the table is about.
    if (pieces.some(({ text }, index) => text?.endsWith('{') === true && pieces[index + 1] !== undefined)) continue
    const sent = Object.fromEntries(NAMES.map((name) => [name, VALUES[next(VALUES.length)] ?? '']))
    const used = new Set(pieces.flatMap(({ name }) => name ?? []))
    const variables: Prompt['variables'] = Object.fromEntries([...used].map((name) => [name, { type: 'string' as const }]))
    const prompt: Prompt = { model: 'm', user: template, variables }
    const expected = pieces.map(({ name, text = '' }) => (name === undefined ? text : sent[name])).join('')
    const rendered = compilePrompt(prompt)(Object.fromEntries([...used].map((name) => [name, sent[name]])))
    assert.deepEqual(rendered, { ok: true, user: expected }, JSON.stringify({ round, template, sent }))
    if (template !== '') assert.deepEqual(flawsOf({ kind: 'prompt', prefix: '/p', prompt }), [], template)
    compared++
  }
  assert.ok(compared > 10_000, String(compared))
})

test('what a prompt would be filled to is counted in bytes, and one byte too many is refused', () => {
  const prompt: Prompt = { model: 'm', system: '{{a}}é', user: '{{a}} {{ a }}', variables: { a: { type: 'string' } } }
  // Three times the value, which is three bytes, two of the é, and a space.
  assert.equal(compilePrompt(prompt, 12)({ a: '€' }).ok, true)
  const refused = compilePrompt(prompt, 11)({ a: '€' })
  assert.deepEqual([refused.ok, !refused.ok && refused.mostBytes], [false, 11])
})
