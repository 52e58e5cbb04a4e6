import { parentPort } from 'node:worker_threads'
import type { Envelope, Opened, Reply, Request, ThreadFailure } from './messages.ts'

/** What a thread does with requests; throws what the caller is to be told. */
export interface Server {
  facts: Record<string, unknown>
  handle(request: Request): unknown
}

/** Opens, says so, then answers requests one after the other until `close`. Runs in the thread. */
export function serve(open: () => Server): void {
  const port = parentPort
  if (port === null) throw new Error('this file is the entry of a worker thread')
  let server: Server
  try {
    server = open()
  } catch (error) {
    port.postMessage({ opened: false, error: failureOf(error) } satisfies Opened)
    return
  }
  port.on('message', ({ id, request }: Envelope) => {
    port.postMessage(answer(server, id, request))
    if (request.type === 'close') port.close()
  })
  port.postMessage({ opened: true, facts: server.facts } satisfies Opened)
}

function answer(server: Server, id: number, request: Request): Reply {
  try {
    return { id, value: server.handle(request) }
  } catch (error) {
    return { id, error: failureOf(error) }
  }
}

function failureOf(error: unknown): ThreadFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return { name: error.name, message: error.message, ...code }
}
