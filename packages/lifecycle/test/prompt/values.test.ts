import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt, PromptVariable } from '@faregate/core'
import { compilePrompt, exampleValues } from '../../src/prompt/render.ts'

function promptOf(variables: Record<string, PromptVariable>): Prompt {
  return {
    model: 'm',
    system: 'S',
    user: Object.keys(variables)
      .map((name) => `[{{${name}}}]`)
      .join(''),
    variables,
  }
}

function render(variable: PromptVariable, ...sent: unknown[]): string {
  const rendered = compilePrompt(promptOf({ v: variable }))(sent.length === 0 ? {} : { v: sent[0] })
  return rendered.ok ? rendered.user : `${rendered.pointer}: ${rendered.message}`
}

/** A variable, the value that is sent (none: an empty list), and what the model is asked. */
const TAKEN: [PromptVariable, unknown[], string][] = [
  [{ type: 'string' }, ['x'], '[x]'],
  [{ type: 'string' }, [''], '[]'],
  [{ type: 'string', enum: ['de', 'en'] }, ['en'], '[en]'],
  [{ type: 'string', default: 'd' }, [], '[d]'],
  [{ type: 'string', default: '' }, [], '[]'],
  [{ type: 'string', default: 'd' }, ['e'], '[e]'],
  [{ type: 'integer' }, [7], '[7]'],
  [{ type: 'integer' }, [-0], '[0]'],
  [{ type: 'integer' }, [9_007_199_254_740_991], '[9007199254740991]'],
  [{ type: 'integer', default: 0 }, [], '[0]'],
  [{ type: 'number' }, [0.1], '[0.1]'],
  [{ type: 'number' }, [1e300], '[1e+300]'],
  [{ type: 'boolean' }, [false], '[false]'],
  [{ type: 'boolean', default: false }, [], '[false]'],
]

test('a value of the right type is taken, and a default where none is sent', () => {
  for (const [variable, sent, text] of TAKEN) assert.equal(render(variable, ...sent), text, JSON.stringify([variable, sent]))
})

const REFUSED: [PromptVariable, unknown[], RegExp][] = [
  [{ type: 'string' }, [], /^\/v: the variable `v` is missing, which takes a string: send it like \{"v":"…"\}$/],
  [{ type: 'integer' }, [], /takes an integer: send it like \{"v":1\}$/],
  [{ type: 'number' }, [], /takes a number: send it like \{"v":0.5\}$/],
  [{ type: 'boolean' }, [], /takes true or false: send it like \{"v":true\}$/],
  [{ type: 'string', enum: ['de', 'en'] }, [], /takes one of "de", "en": send it like \{"v":"de"\}$/],
  [{ type: 'string', enum: ['de', 'en'] }, ['fr'], /^\/v: the variable `v` is another string, and takes one of "de", "en"/],
  [{ type: 'string' }, [7], /is a number, and takes a string/],
  [{ type: 'string' }, [null], /is null, and takes a string/],
  [{ type: 'string', default: 'd' }, [null], /is null, and takes a string/],
  [{ type: 'string' }, [['x']], /is a list, and takes a string/],
  [{ type: 'string' }, [{}], /is an object, and takes a string/],
  [{ type: 'integer' }, ['7'], /is a string, and takes an integer/],
  [{ type: 'integer' }, [0.5], /is a number, and takes an integer/],
  [{ type: 'integer' }, [9_007_199_254_740_992], /takes an integer/],
  [{ type: 'number' }, [Number.POSITIVE_INFINITY], /takes a number/],
  [{ type: 'boolean' }, ['true'], /is a string, and takes true or false/],
  [{ type: 'boolean' }, [0], /is a number, and takes true or false/],
]

test('any other value is refused with the name of the variable, what it takes and how to send it; the value itself is not repeated', () => {
  for (const [variable, sent, said] of REFUSED) assert.match(render(variable, ...sent), said, JSON.stringify([variable, sent]))
  assert.ok(!render({ type: 'integer' }, 'a secret of the caller').includes('secret'))
})

test('what is no variable is refused by name, also where every object has such a member', () => {
  const inherited: PromptVariable = { type: 'string', default: 'c' }
  const prompt = compilePrompt(promptOf({ text: { type: 'string' }, ['constructor']: inherited }))
  for (const name of ['txet', 'toString', '__proto__', 'a/b~c']) {
    const rendered = prompt(JSON.parse(`{"text":"x",${JSON.stringify(name)}:1}`) as Record<string, unknown>)
    assert.ok(
      !rendered.ok && rendered.message.startsWith(`\`${name}\` is no variable of this prompt: leave it out; it takes \`text\``),
      name,
    )
  }
  assert.deepEqual(prompt({ text: 'x' }), { ok: true, system: 'S', user: '[x][c]' })
  const none = compilePrompt({ model: 'm', user: 'Hello', variables: {} })
  assert.deepEqual(none({}), { ok: true, user: 'Hello' })
  assert.deepEqual(none({ 'a/b~': 1 }), {
    ok: false,
    pointer: '/a~1b~0',
    message: '`a/b~` is no variable of this prompt: leave it out; it takes none',
  })
})

test('there is an example for every variable, and the prompt takes it', () => {
  const variables: Prompt['variables'] = {
    a: { type: 'string' },
    b: { type: 'integer' },
    c: { type: 'number' },
    d: { type: 'boolean' },
    e: { type: 'string', enum: ['x'] },
  }
  const prompt = promptOf(variables)
  assert.equal(compilePrompt(prompt)(exampleValues(prompt)).ok, true)
})
