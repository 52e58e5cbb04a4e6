/**
 * Runs checks of the repository by name: `node tools/check.ts lint types`. Without a name, all of them.
 * Arguments after `--` go to the check's own command. Ends with 1 when one of them fails.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, type Side } from './support/install.ts'
import { ROOT } from './support/root.ts'

interface Check {
  /** Side packages that must stand before it runs. */
  needs: Side[]
  command: [string, ...string[]]
}

/** What the last check of types found, so that the next one looks only at what changed and what depends on it. */
const TYPES_SEEN = 'node_modules/.cache/faregate-types.tsbuildinfo'

/** Every check, in the order in which they are run; `format` alone is not one, for it writes. */
export const CHECKS: Record<string, Check> = {
  lint: { needs: ['tools', 'tests'], command: ['oxlint', '--type-aware', '--deny-warnings', '--report-unused-disable-directives', '.'] },
  types: { needs: ['tools', 'tests'], command: ['tsc', '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', TYPES_SEEN] },
  boundaries: { needs: ['tools'], command: ['node', 'tools/boundaries/check.ts'] },
  knip: { needs: ['tools', 'tests'], command: ['knip', '--no-config-hints'] },
  'format:check': { needs: ['tools'], command: ['oxfmt', '--check', '.'] },
}

const FORMAT: Check = { needs: ['tools'], command: ['oxfmt', '.'] }

/** Runs one check with its output shown; true when it passed. */
export function runCheck(name: string, extra: string[] = []): boolean {
  const check = name === 'format' ? FORMAT : CHECKS[name]
  if (check === undefined) throw new Error(`no check is called ${name}; there are: ${Object.keys(CHECKS).join(', ')}, format`)
  for (const side of check.needs) ensureInstalled(side)
  const [command, ...args] = check.command
  const bins = [join(ROOT, 'tools/node_modules/.bin'), join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? '']
  const run = spawnSync(command, [...args, ...extra], { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH: bins.join(':') } })
  if (run.error !== undefined) throw run.error
  return run.status === 0
}

function main(args: string[]): void {
  const end = args.indexOf('--')
  const names = end === -1 ? args : args.slice(0, end)
  const extra = end === -1 ? [] : args.slice(end + 1)
  const chosen = names.length === 0 ? Object.keys(CHECKS) : names
  const failed = chosen.filter((name) => !runCheck(name, extra))
  if (failed.length === 0) return
  process.stderr.write(`failed: ${failed.join(', ')}\n`)
  process.exitCode = 1
}

if (import.meta.main) main(process.argv.slice(2))
