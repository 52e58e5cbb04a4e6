import { readFileSync } from 'node:fs'
import type { ManagedBy } from '@faregate/core'
import { checkMeaning, type Kinds } from './meaning.ts'
import { environmentSettings, unknownVariables } from './environment.ts'
import { formatPath, hasErrors, type Finding, type Path, type Place } from './finding.ts'
import { explainIssue, known } from './issues.ts'
import { configurationSchema, type Configuration } from './schema.ts'
import { readSource } from './source.ts'

/** A configuration that can be served, or the reasons why not. */
export type Loaded =
  | {
      ok: true
      configuration: Configuration
      placeOf: (path: Path) => Place | undefined
      /** Who sets a member: a variable, or the file; undefined where neither does and it has its default. */
      definedBy: (path: Path) => ManagedBy | undefined
      findings: Finding[]
    }
  | { ok: false; findings: Finding[] }

/**
 * Loads the configuration: the file (none: defaults), then what `FAREGATE_*` variables override, checked first by the
 * schema and then, against the kinds of providers there are, for what the schema cannot see. Findings name the place and the mend; warnings do not stop a start.
 */
export function loadConfiguration(file: string | undefined, environment: NodeJS.ProcessEnv, kinds: Kinds): Loaded {
  const text = readFile(file)
  if (typeof text !== 'string') return { ok: false, findings: [text] }
  const name = file ?? 'faregate.yaml'
  const source = readSource(text, name, environment)
  const findings = [...source.findings, ...unknownVariables(environment)]
  const overrides = environmentSettings(environment)
  const value = overrides.reduce((whole, override) => withMember(whole, override.setting.path, override.value), source.value)
  const variables = new Map(overrides.map(({ setting, variable }) => [formatPath(setting.path), variable]))
  const locate = (path: Path) => (file === undefined || inEnvironment(path, variables) !== undefined ? undefined : source.placeOf(path))

  const report = (path: Path, said: Pick<Finding, 'problem' | 'fix'>, severity: Finding['severity'] = 'error') => {
    if (known(path, findings)) return
    const place = locate(path)
    const shown = inEnvironment(path, variables) ?? formatPath(path)
    findings.push({ severity, ...(place === undefined ? {} : { place }), path: shown, problem: said.problem, fix: said.fix })
  }
  const parsed = configurationSchema.safeParse(value)
  if (!parsed.success) {
    for (const said of parsed.error.issues.flatMap(explainIssue)) report(said.path, said)
    return { ok: false, findings }
  }
  checkMeaning(parsed.data, file, kinds, report)
  if (hasErrors(findings)) return { ok: false, findings }
  const definedBy = (path: Path): ManagedBy | undefined => {
    const variable = inEnvironment(path, variables)
    if (variable !== undefined) return { source: 'environment', variable }
    if (memberAt(source.value, path) === undefined) return undefined
    return { source: 'file', file: name, line: source.placeOf(path).line }
  }
  return { ok: true, configuration: parsed.data, placeOf: locate, definedBy, findings }
}

function readFile(file: string | undefined): string | Finding {
  if (file === undefined) return ''
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return {
      severity: 'error',
      path: '',
      problem: `the configuration file ${file} cannot be read (${reason})`,
      fix: 'name a file that exists with --config or FAREGATE_CONFIG',
    }
  }
}

/** A copy of a value in which one member, however deep, is set. */
function withMember(whole: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return value
  const members = typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? whole : {}
  return { ...members, [first]: withMember((members as Record<string, unknown>)[first], rest, value) }
}

function memberAt(whole: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined),
    whole,
  )
}

function inEnvironment(path: Path, variables: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const variable = variables.get(formatPath(path.slice(0, length)))
    if (variable !== undefined) return variable
  }
  return undefined
}
