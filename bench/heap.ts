import { once } from 'node:events'
import type { Gateway } from '../tests/support/gateway.ts'
import { eventually } from '../tests/support/wait.ts'

/** Options for a gateway whose heap is to be read: a debugger listens only once it is asked to, on a free port. */
export const READABLE_HEAP = { NODE_OPTIONS: '--inspect-port=0' }

/** What the main thread of a gateway still refers to, in MB: its used heap after a garbage collection. */
export async function heapAfterGcMb(gateway: Gateway): Promise<number> {
  gateway.signal('SIGUSR1')
  const url = await eventually(() => {
    const found = /Debugger listening on (ws:\S+)/.exec(gateway.output)?.[1]
    if (found === undefined) throw new Error('the gateway does not answer SIGUSR1 with a debugger')
    return found
  }, 5_000)
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const ask = async <T>(id: number, method: string): Promise<T> => {
    socket.send(JSON.stringify({ id, method }))
    for (;;) {
      const [{ data }] = (await once(socket, 'message')) as [{ data: string }]
      const answer = JSON.parse(data) as { id?: number; result: T }
      if (answer.id === id) return answer.result
    }
  }
  await ask(1, 'HeapProfiler.collectGarbage')
  const { usedSize } = await ask<{ usedSize: number }>(2, 'Runtime.getHeapUsage')
  socket.close()
  return usedSize / 1_048_576
}
