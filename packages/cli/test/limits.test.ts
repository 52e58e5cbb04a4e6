import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Options, UsageError } from '../src/command.ts'
import { limitOf, limitsOf, limitsText } from '../src/limits.ts'

test('a limit is KIND=AMOUNT, with a window where it is a rate, and with a burst and whom it is for', () => {
  assert.deepEqual(limitOf('requests=100/second'), { kind: 'requests', amount: 100, per: 'second' })
  assert.deepEqual(limitOf('requests=100/second,burst=1,by=user'), { kind: 'requests', amount: 100, per: 'second', burst: 1, by: 'user' })
  assert.deepEqual(limitOf('tokens=20000/minute,by=tag'), { kind: 'tokens', amount: 20_000, per: 'minute', by: 'tag' })
  assert.deepEqual(limitOf('concurrency=5'), { kind: 'concurrency', amount: 5 })
  for (const wrong of [
    '',
    '5',
    'requests=5',
    'requests=5/year',
    'concurrency=5/day',
    'concurrency=5,burst=2',
    'requests=5/day,by=you',
    'x=1/day',
    'requests=-1/day',
  ])
    assert.throws(() => limitOf(wrong), UsageError, wrong)
})

test('limits that were not given say nothing; given ones are all of them', () => {
  assert.deepEqual(limitsOf(new Options({})), {})
  assert.deepEqual(limitsOf(new Options({ limit: ['concurrency=5', 'requests=1/hour'] })).limits?.length, 2)
})

test('limits read as a sentence', () => {
  assert.equal(limitsText([]), null)
  assert.equal(
    limitsText([limitOf('requests=100/hour,burst=1,by=user'), limitOf('concurrency=5')]),
    '100 requests an hour, 1 at once, for each user; 5 at the same time',
  )
})
