import { vendors } from '@faregate/providers'
import { readStartSettings, type StartFlags } from '../start/options.ts'
import { formatFinding, hasErrors, type Finding } from './finding.ts'
import { loadWithDocuments } from './documents.ts'

export interface CheckReport {
  ok: boolean
  /** Absolute; undefined: there is no file, the environment alone was checked. */
  file: string | undefined
  findings: (Finding & { text: string })[]
}

/** What `faregate check` says: every finding with place, path, what is wrong and how to mend it. */
export async function checkConfiguration(flags: Pick<StartFlags, 'config'>, environment: NodeJS.ProcessEnv): Promise<CheckReport> {
  const { configFile } = readStartSettings(flags, environment)
  const { findings } = await loadWithDocuments(configFile, environment, vendors)
  return {
    ok: !hasErrors(findings),
    file: configFile,
    findings: findings.map((finding) => ({ ...finding, text: formatFinding(finding) })),
  }
}
