import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { stream } from '../support/behaviours.ts'
import { configuration } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { ENDLESS, PRICE, manyStreams } from '../money/many-streams.ts'
import { soak } from '../soak/soak.ts'
import { formatSoaked, verdicts } from '../soak/verdict.ts'

/** The half hour is a command of its own, `npm run test:soak`; this is the same for a shorter time. */
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 5)

describe('a hundred streams at once', () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    upstream.on('endless', stream(ENDLESS, { everyMs: 1 }))
    gateway = await startGateway({ config: configuration(upstream, { endless: { price: PRICE, sliceTokens: 8 } }) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  test('M13: unending, on one wallet, they never take it below zero', async () => {
    await manyStreams(gateway, 100, '10.00')
  })
})

test(`a mixed load of ${MINUTES} minutes with aborts and faults is charged as the upstream's log says; nothing stays held, nothing grows`, async () => {
  const soaked = await soak({ seed: 7, minutes: MINUTES, everyMs: (MINUTES * 60_000) / 20 })
  assert.deepEqual(
    verdicts(soaked).filter(({ grows }) => grows),
    [],
    formatSoaked(soaked),
  )
})
