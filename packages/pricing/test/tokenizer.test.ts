import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { createTokenCounter, tokensByBytes } from '@faregate/pricing'
import { KnownCounts } from '../src/tokenizer/known-counts.ts'
import { splitLongRuns } from '../src/tokenizer/split.ts'

const fixture = (name: string): URL => new URL(`./fixtures/${name}.ts`, import.meta.url)

test('texts are counted by o200k_base; names of special tokens in a text are text', async (t) => {
  const counter = createTokenCounter()
  t.after(() => counter.close())
  assert.equal(await counter.count(''), 0)
  assert.equal(await counter.count('hello world'), 2)
  assert.ok((await counter.count('<|endoftext|>')) > 1)
  assert.equal(await counter.countEach(['hello', ' world', '']), 2)
})

test('parallel counts get each its own answer', async (t) => {
  const counter = createTokenCounter()
  t.after(() => counter.close())
  const lengths = Array.from({ length: 20 }, (_, i) => i)
  const counts = await Promise.all(lengths.map((words) => counter.count(' hello'.repeat(words))))
  assert.deepEqual(counts, lengths)
})

test('a word of half a million letters is counted in linear time, and not below the truth', async (t) => {
  const counter = createTokenCounter({ timeoutMs: 20_000 })
  t.after(() => counter.close())
  const counted = await counter.count('a'.repeat(500_000))
  assert.ok(counted >= 500_000 / 8 && counted < 100_000, `${counted}`)
})

test('beyond a million characters the rest counts by its bytes', async (t) => {
  const counter = createTokenCounter({ timeoutMs: 20_000 })
  t.after(() => counter.close())
  const head = ' hello'.repeat(200_000).slice(0, 1_000_000)
  const counted = await counter.count(head)
  assert.equal(await counter.count(`${head}éé`), counted + 4)
})

test('a worker that dies, is silent or does not exist leaves the bound by bytes, and no rejection', async () => {
  for (const name of ['dying-worker', 'silent-worker', 'no-such-worker']) {
    const counter = createTokenCounter({ worker: fixture(name), timeoutMs: 300 })
    for (let i = 0; i < 5; i++) assert.equal(await counter.count('héllo'), tokensByBytes('héllo'), name)
    counter.close()
  }
})

test('M20: where nothing can be counted, what is charged is bounded from below, what is reserved from above', async () => {
  const counter = createTokenCounter({ worker: fixture('no-such-worker') })
  const pieces = Array.from({ length: 5 }, () => ' the')
  assert.equal(await counter.countEach(pieces, 'least'), 5)
  assert.equal(await counter.countEach(pieces, 'most'), 20)
  assert.equal(await counter.countEach(['', 'a'.repeat(800)], 'least'), 100)
  counter.close()
})

test('a worker that failed again and again is tried anew after a rest', async (t) => {
  let starts = 0
  const counter = createTokenCounter({ worker: fixture('dying-worker'), restMs: 200 })
  const remember = (): number => ++starts
  process.on('worker', remember)
  t.after(() => process.off('worker', remember))
  for (let i = 0; i < 5; i++) await counter.count('hello')
  assert.equal(starts, 3)
  await new Promise((resolve) => setTimeout(resolve, 300))
  await counter.count('hello')
  assert.equal(starts, 4)
  counter.close()
})

test('closing answers what is being counted, and what comes later', async () => {
  const counter = createTokenCounter({ worker: fixture('silent-worker') })
  const waiting = counter.count('hello')
  counter.close()
  assert.equal(await waiting, 5)
  assert.equal(await counter.count('again'), 5)
})

test('an idle worker goes away, and the next count starts another', async (t) => {
  const started: Worker[] = []
  const remember = (worker: Worker): number => started.push(worker)
  process.on('worker', remember)
  t.after(() => process.off('worker', remember))
  const counter = createTokenCounter({ idleMs: 100 })
  t.after(() => counter.close())
  assert.equal(await counter.count('hello world'), 2)
  const first = started.at(-1)
  assert.ok(first)
  // The counter keeps neither worker nor timer from letting the process end, so the test has to stay awake.
  const awake = setInterval(() => {}, 1000)
  await once(first, 'exit')
  clearInterval(awake)
  assert.equal(await counter.count('hello there'), 2)
  assert.notEqual(started.at(-1), first)
})

test('cuts fall into long runs only, lose nothing, and spare surrogate pairs', () => {
  assert.deepEqual(splitLongRuns('just a few words'), ['just a few words'])
  for (const text of ['x'.repeat(1000), ' '.repeat(1000), '😀'.repeat(1000), `${'y'.repeat(300)} z ${'\n'.repeat(300)}`]) {
    const pieces = splitLongRuns(text)
    assert.equal(pieces.join(''), text)
    assert.ok(pieces.length > 1)
    assert.ok(pieces.every((piece) => piece.isWellFormed()))
  }
})

test('a piece that was counted once is known at once, and counts the same', async (t) => {
  const counter = createTokenCounter()
  t.after(() => counter.close())
  const pieces = [' hello', 'wörld', ' tokenizer']
  assert.deepEqual(
    pieces.map((piece) => counter.known(piece)),
    [undefined, undefined, undefined],
  )
  const counted = await counter.countEach(pieces)
  const known = pieces.map((piece) => counter.known(piece) ?? Number.NaN)
  assert.equal(
    known.reduce((sum, count) => sum + count, 0),
    counted,
  )
  assert.equal(await counter.countEach([...pieces, ' more', ...pieces]), 2 * counted + 1)
})

test('long pieces, and those that have not come for long, are not remembered', () => {
  const known = new KnownCounts()
  known.learn(['x'.repeat(13), 'first'], [2, 1])
  assert.equal(known.of('x'.repeat(13)), undefined)
  assert.equal(known.of('first'), 1)
  const others = Array.from({ length: 40_000 }, (_, index) => `w${index}`)
  for (const other of others) known.learn([other], [1])
  assert.equal(known.of('first'), undefined)
  assert.equal(known.of('w39999'), 1)
})

test('what is known is answered where the worker cannot count', async (t) => {
  const counter = createTokenCounter({ worker: fixture('counting-once-worker') })
  t.after(() => counter.close())
  assert.equal(await counter.countEach(['known']), 7)
  assert.equal(await counter.countEach(['known', 'new'], 'most'), 10)
})
