/**
 * `node tests/replay/main.ts [--port N] [--recorded DIR] [--vendor NAME] [--lenient]`: the server on its own, for as long as
 * it is wanted. Prints its address as one line of JSON.
 */
import { parseArgs } from 'node:util'
import { startReplay, type ReplayOptions } from './server.ts'
import { VENDORS } from './types.ts'

/** Options of the command line. */
export function parseOptions(args: string[]): ReplayOptions {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      recorded: { type: 'string' },
      vendor: { type: 'string' },
      lenient: { type: 'boolean', default: false },
    },
  })
  const vendor = VENDORS.find((name) => name === values.vendor)
  if (values.vendor !== undefined && vendor === undefined)
    throw new Error(`no vendor is called ${values.vendor}; there are: ${VENDORS.join(', ')}`)
  return {
    port: Number(values.port),
    lenient: values.lenient,
    ...(values.recorded === undefined ? {} : { recorded: values.recorded }),
    ...(vendor === undefined ? {} : { vendor }),
  }
}

if (import.meta.main) {
  const replay = await startReplay(parseOptions(process.argv.slice(2)))
  process.stdout.write(`${JSON.stringify({ url: replay.url, origins: replay.origins, recordings: replay.recordings.length })}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void replay.close())
}
