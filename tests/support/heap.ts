import type { Gateway } from './gateway.ts'

/** Start a gateway with this to look into its heap. Node's inspector listens on a free port of this machine alone. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

const LISTENING = /Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[\w-]+)/

export interface Heap {
  /** What is in use right after a collection: objects, and the bytes of buffers beside them. */
  usedMb: number
  buffersMb: number
}

/** Collects all garbage of a gateway that was started with {@link INSPECTED}, and gives what is left. */
export async function heapAfterCollection(gateway: Gateway): Promise<Heap> {
  const url = LISTENING.exec(gateway.output)?.[1]
  if (url === undefined) throw new Error('the gateway is not inspected: start it with the environment INSPECTED')
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)))
  })
  try {
    await ask(socket, 1, 'HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize = 0 } = (await ask(socket, 2, 'Runtime.getHeapUsage')) as {
      usedSize: number
      backingStorageSize?: number
    }
    return { usedMb: usedSize / 2 ** 20, buffersMb: backingStorageSize / 2 ** 20 }
  } finally {
    socket.close()
  }
}

function ask(socket: WebSocket, id: number, method: string): Promise<unknown> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent): void => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: unknown }
      if (answer.id !== id) return
      socket.removeEventListener('message', listen)
      resolve(answer.result)
    }
    socket.addEventListener('message', listen)
    socket.send(JSON.stringify({ id, method }))
  })
}
