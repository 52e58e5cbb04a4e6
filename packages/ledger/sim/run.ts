import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

/** `node packages/ledger/sim/run.ts --steps 5000000 --seed 7` */
const { values } = parseArgs({ options: { steps: { type: 'string', default: '1000000' }, seed: { type: 'string' } } })
const steps = Number(values.steps)
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)

console.log(`simulating ${steps} operations from seed ${seed}`)
const started = performance.now()
const report = await simulate(steps, seed)
const seconds = (performance.now() - started) / 1_000
console.table(report.outcomes)
console.log(`${report.steps} operations, ${report.crashes} crashes, in ${seconds.toFixed(1)} s (seed ${seed}):`)
console.log('every outcome and balance as predicted')
