/**
 * Loaded into the process of every test file: once its tests have said what they found, the process ends. What it left
 * open is named, if that keeps it; and Node's own clean-up is not waited for, because after sockets that were reset while
 * paused it waits for handles that are gone, and spins (seen with Node 24.21).
 */
import { after } from 'node:test'

const PATIENCE_MS = 15_000

after(() => {
  process.once('beforeExit', () => process.exit())
  setTimeout(() => {
    process.stderr.write(`ended ${PATIENCE_MS / 1000} s after its tests, with open: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit()
  }, PATIENCE_MS).unref()
})
