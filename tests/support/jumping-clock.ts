/**
 * Preloaded into a gateway (`--import`): its clock begins where CLOCK_BEGINS says, and jumps to the next of CLOCK_JUMPS_TO
 * (times, with commas between them) whenever the process gets SIGUSR2, which it then says. It runs on meanwhile; only the
 * process's own clock is moved, nobody else's.
 */
import { isMainThread } from 'node:worker_threads'

const begins = Date.parse(process.env['CLOCK_BEGINS'] ?? '')
const jumps = (process.env['CLOCK_JUMPS_TO'] ?? '').split(',').filter(Boolean)
const real = Date.now
let offset = begins - real()

Date.now = () => real() + offset
if (isMainThread) {
  process.on('SIGUSR2', () => {
    const to = jumps.shift()
    if (to === undefined) return
    offset = Date.parse(to) - real()
    process.stderr.write(`the clock has jumped to ${to}\n`)
  })
}
