import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenCounter } from '@faregate/pricing'
import { TokenMeter } from '../src/token-meter.ts'

function counter(): TokenCounter & { asked: number } {
  const self = {
    asked: 0,
    count: (text: string) => self.countEach([text]),
    countEach: async (texts: string[]) => {
      self.asked += 1
      return texts.length
    },
    known: () => undefined,
    close: () => {},
  }
  return self
}

test('bytes bound the count from above until the tokenizer was asked', async () => {
  const tokens = counter()
  const meter = new TokenMeter(tokens, 'most')
  meter.add('hello')
  meter.add('wörld')
  assert.equal(meter.atMost, 11)
  assert.equal(tokens.asked, 0)
  assert.equal(await meter.count(), 2)
  assert.equal(meter.atMost, 2)
})

test('text that is added while counting is counted too', async () => {
  const meter = new TokenMeter(counter(), 'most')
  meter.add('a')
  const counted = meter.count()
  meter.add('b')
  assert.equal(meter.atMost, 2)
  assert.equal(await counted, 2)
})

test('much text is counted by itself, so that it is not kept', async () => {
  const tokens = counter()
  const meter = new TokenMeter(tokens, 'most')
  for (let i = 0; i < 70; i++) meter.add('x'.repeat(1000))
  assert.equal(tokens.asked, 1)
})

test('texts that were put together are counted each by itself, in order', async () => {
  const seen: string[][] = []
  const countEach = async (asked: string[]): Promise<number> => {
    seen.push(asked)
    return asked.length
  }
  const meter = new TokenMeter({ ...counter(), countEach }, 'least')
  const texts = Array.from({ length: 200 }, (_, index) => `tökén ${index} 😀`)
  for (const text of texts) meter.add(text)
  assert.equal(await meter.count(), 200)
  assert.deepEqual(seen, [texts])
})

test('text whose count is known is counted at once, and never asked for', async () => {
  const tokens = counter()
  const meter = new TokenMeter({ ...tokens, known: (text) => (text === ' the' ? 1 : undefined) }, 'most')
  meter.add(' the')
  assert.equal(meter.counted, 1)
  assert.equal(meter.atMost, 1)
  meter.add(' unknown')
  assert.equal(meter.atMost, 9)
  assert.equal(await meter.count(), 2)
})
