/**
 * Preloaded into a gateway (`--import`): its clock begins where CLOCK_BEGINS says, and jumps to CLOCK_JUMPS_TO when the
 * process gets SIGUSR2. It runs on meanwhile; only the process's own clock is moved, nobody else's.
 */
import { isMainThread } from 'node:worker_threads'

const begins = Date.parse(process.env['CLOCK_BEGINS'] ?? '')
const jumpsTo = Date.parse(process.env['CLOCK_JUMPS_TO'] ?? '')
const real = Date.now
let offset = begins - real()

Date.now = () => real() + offset
if (isMainThread) {
  process.on('SIGUSR2', () => {
    offset = jumpsTo - real()
  })
}
