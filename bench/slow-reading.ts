/**
 * Readers that take little at a time of streams that could bring much more, a process of its own:
 * `node slow-reading.ts JSON-OF-SLOW-LOAD`. Prints how many were still being served at the end.
 */
import { connect } from 'node:net'
import { requestBytes } from './client.ts'
import type { Request } from './client.ts'

interface SlowLoad extends Request {
  readers: number
  bytesPerSecond: number
  seconds: number
}

const TURN_MS = 1_000

/** Reads one stream at its speed; gives what was wrong, or undefined if it was still flowing at the end. */
function read(load: SlowLoad, request: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port: load.port, host: '127.0.0.1' })
    let begun = false
    const look = (): void => {
      const bytes = socket.read(load.bytesPerSecond) as Buffer | null
      if (bytes === null || begun) return
      begun = true
      const status = bytes.toString('latin1', 0, 13)
      if (status !== 'HTTP/1.1 200 ') end(status)
    }
    const turns = setInterval(look, TURN_MS)
    const end = (wrong?: string): void => {
      clearInterval(turns)
      clearTimeout(last)
      socket.destroy()
      resolve(wrong ?? (begun ? undefined : 'no answer'))
    }
    const last = setTimeout(end, load.seconds * 1_000)
    socket.write(request)
    // Without a reader the socket takes what its buffer holds, and then nothing more until `read`.
    socket.on('readable', () => undefined)
    socket.on('error', (error) => end(error.message))
    socket.on('end', () => end('the stream ended'))
  })
}

const load = JSON.parse(process.argv[2] ?? '{}') as SlowLoad
const request = requestBytes(load)
const ends = await Promise.all(Array.from({ length: load.readers }, () => read(load, request)))
const wrong = ends.filter((end) => end !== undefined)
process.stdout.write(JSON.stringify({ served: load.readers - wrong.length, error: wrong[0] }))
