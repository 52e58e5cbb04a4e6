import type { Proof } from './proof.ts'
import type { Report } from './run.ts'
import { CALL_KINDS } from './world.ts'

/** What a run came to, as lines for people. */
export function formatProof({ report, looks: [before, after], charged }: Proof): string {
  const inputs = Object.values(report.inputs).reduce((sum, count) => sum + count, 0)
  const kinds = Object.entries(report.inputs).map(([kind, count]) => `${count} ${kind}`)
  const answers = [...report.answers].toSorted(([, a], [, b]) => b - a)
  return [
    `${inputs} inputs in ${report.seconds.toFixed(1)} s, ${Math.round(inputs / report.seconds)} a second: ${kinds.join(', ')}`,
    ...answers.map(([name, count]) => `${String(count).padStart(8)}  ${name}`),
    `heap after collection ${before.heapMb.toFixed(1)} → ${after.heapMb.toFixed(1)} MB, open files ${before.files} → ${after.files}`,
    `nothing held, the ledger verifies, charged as the upstream's log says: ${CALL_KINDS.map((kind) => `${kind} ${charged[kind]}`).join(', ')} (1e-9 units)`,
  ].join('\n')
}

/** Failures, with what it takes to see each again. */
export function formatFailures({ failures }: Report, seed: number): string {
  return failures
    .map(({ number, bytes }) =>
      [
        `input ${number} again: npm run test:fuzz -- --seed ${seed} --from ${number} --inputs 1`,
        `  ${JSON.stringify(bytes.toString('latin1', 0, 1_500))}`,
      ].join('\n'),
    )
    .join('\n')
}
