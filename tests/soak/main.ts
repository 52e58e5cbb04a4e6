/** `npm run test:soak [-- --minutes N --seed N]` (or SOAK_MINUTES): a mixed load for so long. Ends with 1 when something is wrong or grows. */
import { parseArgs } from 'node:util'
import { ensureInstalled } from '../../tools/support/install.ts'

ensureInstalled('tests')
const { soak } = await import('./soak.ts')
const { SAMPLE_HEAD, formatSample, formatSoaked, verdicts } = await import('./verdict.ts')

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: process.env['SOAK_MINUTES'] ?? '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]

process.stdout.write(`a mixed load of ${minutes} minutes, seed ${seed}\n${SAMPLE_HEAD}\n`)
const soaked = await soak({
  seed,
  minutes,
  everyMs: Math.min(30_000, (minutes * 60_000) / 20),
  onSample: (sample) => process.stdout.write(`${formatSample(sample)}\n`),
})
process.stdout.write(`\n${formatSoaked(soaked)}\n`)
process.exitCode = verdicts(soaked).some(({ grows }) => grows) ? 1 : 0
