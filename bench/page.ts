import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './figures.ts'
import { keep } from './kept.ts'
import type { Kept } from './kept.ts'
import { flushesUnder } from './proof.ts'
import { pinning } from './processes.ts'
import { sectionText } from './report.ts'
import type { Goal, Section } from './report.ts'

const SYNCS = 100
const ROOT = join(import.meta.dirname, '..')
const PAGE = join(ROOT, 'docs/reference/performance.md')

/** The machine and the versions, in one line. Takes a moment. */
export function machine(): string {
  const facts = [
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    `Linux ${release().split('-')[0]}`,
    `Node ${process.version}`,
    ...['undici', 'better-sqlite3'].map((name) => `${name} ${installedVersion(name)}`),
    `a write and its sync on the disk ${syncMicros().toFixed(0)} µs`,
    ...(flushesUnder(tmpdir()) === undefined ? ['this disk counts no syncs, so none were compared with the ledger'] : []),
    pinning(),
  ]
  return facts.join('; ')
}

function installedVersion(name: string): string {
  return (JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version
}

/** What the ledger waits for: the median time of a 4 kB write that is synced, where temporary files are. */
function syncMicros(): number {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-bench-'))
  const file = openSync(join(folder, 'sync'), 'w')
  const block = Buffer.alloc(4_096)
  const times = Array.from({ length: SYNCS }, (_, index) => {
    const begun = performance.now()
    writeSync(file, block, 0, block.length, index * block.length)
    fdatasyncSync(file)
    return (performance.now() - begun) * 1_000
  })
  closeSync(file)
  rmSync(folder, { recursive: true })
  return median(times)
}

/** A section, and its place on the page. */
export type Placed = Pick<Kept, 'place' | 'section'>

/** Writes these sections into docs/reference/performance.md, beside those that earlier runs measured. @returns its path */
export function writePage(facts: string, measured: Placed[]): string {
  const run = `${new Date().toISOString().slice(0, 10)}, ${commit()}: ${facts}.`
  const all = keep(measured.map((placed) => ({ ...placed, run })))
  const runs = [...new Set(all.map((kept) => kept.run))]
  const parts = [
    '# Performance',
    'This page is generated (`npm run bench -- --write`; with `--only PART` for a part of it).',
    runs.map((text, index) => `- Run ${index + 1}: ${text}`).join('\n'),
    HOW,
    summary(all.flatMap(({ section }) => section.goals)),
    ...all.map((kept) => sectionText(ofRun(kept, runs)).trimEnd()),
  ]
  writeFileSync(PAGE, `${parts.join('\n\n')}\n`)
  return PAGE
}

/** Where there were several runs, each section says which one measured it. */
function ofRun({ section, run }: Kept, runs: string[]): Section {
  if (runs.length === 1) return section
  return { ...section, about: `Run ${runs.indexOf(run) + 1}. ${section.about}` }
}

function summary(goals: Goal[]): string {
  const named = (wanted: boolean | undefined): string => {
    const names = goals.filter(({ reached }) => reached === wanted).map(({ what }) => what)
    return names.length === 0 ? 'none' : names.join('; ')
  }
  return `Goals: reached: ${named(true)}. **Not reached**: ${named(false)}. Unclear, because others used the machine meanwhile: ${named(undefined)}.`
}

const HOW = `What is compared runs on the same core in the same minutes, in turns: the gateway, a control, and others that stand between callers and an upstream. The **control** is a proxy of \`node:http\` and undici (\`bench/control.ts\`) that parses the same bodies as the gateway, request and answer, each event of a stream, and does nothing with them. The upstream answers at once and always the same, so nothing but the proxies is measured.

Everything is on in the gateway: the key is looked up, money is held on the wallet and on the cap of the key, the settle is durable before the last byte, every request is recorded. A run counts only if:

- every answer was whole and the same, byte for byte, that the upstream sent, or, where it was translated, what the caller has to get of it, in every byte but those of ids and times;
- the money posted is the number of requests times their cost, and there is a record of each request;
- with SQLite, the disk was synced at least once for every transaction of the ledger (\`faregate_ledger_batch_size_count\` of \`/metrics\` against the flushes in \`/proc/diskstats\`, where the disk counts them);
- \`GET /api/ledger/verify\` finds nothing;
- load and upstream kept their core less than 90 % busy, so that they are not what was measured; of a run in which they did not, only the processor time of a request is told.`

/** The commit that was measured, and whether something was changed since. */
function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
    return `commit ${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'packages') === '' ? '' : ' with changes'}`
  } catch {
    return 'an unknown commit'
  }
}
