/** How many tests or checks ended how. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
}

export function addTallies(...tallies: Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.reduce((sum, tally) => sum + tally.skipped, 0),
  }
}

/** The closing line of a run: `12 passed, 0 failed`, and `, 1 skipped` where one was. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}

/** Reads the last such line of an output; `undefined` when there is none. */
export function readTally(output: string): Tally | undefined {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1)
  return found === undefined ? undefined : { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) }
}
