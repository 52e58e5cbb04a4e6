import assert from 'node:assert/strict'
import { answer, usage } from '../support/behaviours.ts'
import { nano } from '../support/decimal.ts'
import type { Customer } from '../support/gateway.ts'
import type { Answer } from '../support/http.ts'
import { eventually, gate } from '../support/wait.ts'
import { callOf } from './envelopes.ts'
import { callAt, type Surface } from './surfaces.ts'
import { sender, type World } from './world.ts'

/** What is refused while another request of the same customer runs, and that one, which is served and costs a token. */
export async function besideRunning(world: World, customer: Customer) {
  const served: Answer[] = []
  const send = sender(world, customer)

  async function refusedBeside(call: () => Promise<Answer>): Promise<Answer> {
    const release = gate()
    world.upstream.on('plain', answer(usage(0, 1), { after: release.promise }), answer(usage(0, 1)))
    const running = send()
    await eventually(async () => assert.ok(nano((await world.gateway.api.balance(customer.organization)).held) > 0n))
    const refused = await call()
    release.open()
    const result = await running
    assert.equal(result.status, 200, result.text)
    served.push(result)
    return refused
  }

  const repeat = (surface: Surface) => refusedBeside(() => callAt(world.gateway, surface, callOf({ customer })))
  return { refused: await refusedBeside(send), served, repeat }
}
