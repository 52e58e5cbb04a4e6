import assert from 'node:assert/strict'
import type { Answer } from '../support/http.ts'
import { gate, within } from '../support/wait.ts'

/** Long enough for what must not happen to happen, short enough for the ledger not to give up. */
const LOCKED_MS = 600

/** A call through a gateway whose ledger can be kept from writing, of an upstream that is looked in on. */
export interface Locking {
  upstream: { onCall: ((...of: never[]) => unknown) | undefined }
  /** Gives the release. */
  lock(): Promise<() => Promise<void>>
  call(): Promise<Answer>
}

/** M16: while the hold cannot be made durable the upstream is not called, and then it is. */
export async function assertHeldFirst({ upstream, lock, call }: Locking): Promise<void> {
  const called = gate()
  upstream.onCall = () => called.open()
  const release = await lock()
  try {
    const running = call()
    await assertNotYet('called', called.promise, 'the upstream was called before the hold was durable')
    await release()
    assert.equal((await running).status, 200)
    await called.promise
  } finally {
    upstream.onCall = undefined
    await release()
  }
}

/** M16: while the settle cannot be made durable the last byte is withheld, and then it comes. Gives the whole answer. */
export async function assertSettledFirst({ upstream, lock, call }: Locking): Promise<Answer> {
  let release = async (): Promise<void> => undefined
  const locked = gate()
  upstream.onCall = async () => {
    release = await lock()
    locked.open()
  }
  try {
    const running = call()
    await locked.promise
    await assertNotYet('ended', running, 'the last byte came before the settle was durable')
    await release()
    const result = await running
    assert.equal(result.complete, true)
    return result
  } finally {
    upstream.onCall = undefined
    await release()
  }
}

async function assertNotYet(what: string, event: Promise<unknown>, otherwise: string): Promise<void> {
  await within(LOCKED_MS, what, event).then(
    () => assert.fail(otherwise),
    (error: unknown) => assert.match(String(error), new RegExp(`${what}: not within`)),
  )
}
