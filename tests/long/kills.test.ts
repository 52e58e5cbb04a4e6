import { after, before, describe, test } from 'node:test'
import { startGateway } from '../support/gateway.ts'
import type { Gateway } from '../support/gateway.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { killConfiguration, killUnderLoad } from '../money/kill-run.ts'

const KILLS = Number(process.env['KILLS'] ?? 20)

describe(`killed ${KILLS} times under load`, () => {
  let upstream: Upstream
  let gateway: Gateway

  before(async () => {
    upstream = await startUpstream()
    gateway = await startGateway({ config: killConfiguration(upstream) })
  })
  after(async () => {
    await gateway?.stop()
    await upstream?.close()
  })

  for (const kind of ['not streaming', 'streaming', 'mixed'] as const) {
    test(`M23, M24: every answer received completely is charged exactly once (${kind})`, async (context) => {
      context.diagnostic(await killUnderLoad(gateway, KILLS, kind))
    })
  }
})
