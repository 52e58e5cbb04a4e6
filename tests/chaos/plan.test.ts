import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACTIONS, pairs, plan, repeat, STEPS } from './plan.ts'
import type { Engine } from './plan.ts'

const ENGINES: Engine[] = ['sqlite', 'postgres']

for (const engine of ENGINES) {
  test(`the seed alone decides what happens on ${engine}`, () => {
    const first = plan({ seed: 42, engine, episodes: 400 })
    assert.deepEqual(plan({ seed: 42, engine, episodes: 400 }), first)
    assert.deepEqual(plan({ seed: 42, engine, episodes: 10 }), first.slice(0, 10))
    assert.notDeepEqual(plan({ seed: 43, engine, episodes: 400 }), first)
  })

  test(`every pair of step and action comes once on ${engine} before any comes again`, () => {
    const all = pairs(engine)
    const played = plan({ seed: 7, engine, episodes: all.length })
    const names = (list: { step: string; action: string }[]): string[] => list.map(({ step, action }) => `${step} ${action}`).toSorted()
    assert.deepEqual(names(played), names(all))
  })
}

test('every step and every action is met on one engine or the other', () => {
  const all = ENGINES.flatMap(pairs)
  assert.deepEqual(new Set(all.map(({ step }) => step)), new Set(STEPS))
  assert.deepEqual(new Set(all.map(({ action }) => action)), new Set(ACTIONS))
})

test('the command that repeats an episode names all that it depends on', () => {
  const [episode] = plan({ seed: 9, engine: 'sqlite', episodes: 1 })
  assert.ok(episode)
  assert.equal(repeat(9, episode, 60), 'npm run test:chaos -- --seed 9 --engine sqlite --episodes 60 --only 0')
  assert.equal(repeat(9, episode, 60, 0.5), 'npm run test:chaos -- --seed 9 --engine sqlite --episodes 60 --long 0.5 --only 0')
})
