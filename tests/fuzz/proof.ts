import assert from 'node:assert/strict'
import { openFiles } from '../support/process.ts'
import { heapAfterCollection } from '../support/heap.ts'
import { eventually } from '../support/wait.ts'
import { audit } from './audit.ts'
import type { Charged } from './audit.ts'
import { emptyReport, fuzz } from './run.ts'
import type { FuzzOptions, Report } from './run.ts'
import type { FuzzWorld } from './world.ts'

/** What is looked at twice: once everything has been made that is made once, and at the end. */
interface Look {
  heapMb: number
  files: number
}

/** A run and what holds after it. */
export interface Proof {
  report: Report
  looks: [before: Look, after: Look]
  charged: Charged
  /** What is wrong, in words; nothing is, if there is none. */
  faults: string[]
}

/** So much of the inputs comes before the first look. */
const WARM_UP = 0.2
/** What the heap may grow by between the looks: caches that fill up, and next to nothing for each input. */
const GROWTH_MB = 5
const GROWTH_BYTES_AN_INPUT = 50
/** Connections of callers and of our own looks that are still being closed. */
const MORE_FILES = 4

/** Sends the inputs, then audits what was charged and looks whether anything grew. Throws where the audit fails. */
export async function prove(world: FuzzWorld, { seed, inputs, from = 0 }: FuzzOptions): Promise<Proof> {
  const { pid } = world.gateway
  const warm = Math.ceil(inputs * WARM_UP)
  const report = emptyReport()
  await fuzz(world, { seed, inputs: warm, from }, report)
  const before = await look(world)
  await fuzz(world, { seed, inputs: inputs - warm, from: from + warm }, report)
  const after = await look(world)
  const faults = report.failures.map(({ number, kind, complaint }) => `input ${number} (${kind}): ${complaint}`)
  if (world.gateway.pid !== pid) faults.push('the process is another one')
  for (const line of world.gateway.output.split('\n')) if (line.includes('"level":"error"')) faults.push(`in the log: ${line}`)
  const growth = after.heapMb - before.heapMb
  if (growth > GROWTH_MB + (GROWTH_BYTES_AN_INPUT * inputs) / 2 ** 20) faults.push(`the heap grew by ${growth.toFixed(1)} MB`)
  if (after.files > before.files + MORE_FILES) faults.push(`open files: ${before.files}, then ${after.files}`)
  const charged = await audit(world, world.customers, report)
  return { report, looks: [before, after], charged, faults }
}

/** Looks once no connection to the upstream is kept any more: their number is that of the last moments' load. */
async function look({ gateway, upstream }: FuzzWorld): Promise<Look> {
  await eventually(() => assert.equal(upstream.connections, 0, 'connections to the upstream'), 60_000, 100)
  const { usedMb, buffersMb } = await heapAfterCollection(gateway)
  return { heapMb: usedMb + buffersMb, files: openFiles(gateway.pid) }
}
