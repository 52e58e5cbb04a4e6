/**
 * Checks the import table (`tools/boundaries/table.ts`) against every file in the source of every package.
 * `node tools/boundaries/check.ts [ROOT]`; ends with 1 on a violation, or when it sees fewer modules than there are files.
 */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { cruise, type ICruiseResult, type IForbiddenRuleType, type IModule, type IRegularForbiddenRuleType } from 'dependency-cruiser'
import { DOORS, PACKAGES, type PackageRule } from './table.ts'
import { ROOT } from '../support/root.ts'

const SOURCE = '^packages/[^/]+/src/'

/** The table as rules of dependency-cruiser, and what holds for every package. */
export function boundaryRules(): IForbiddenRuleType[] {
  return [...Object.entries(PACKAGES).flatMap(([name, rule]) => packageRules(name, rule)), ...GENERAL]
}

function packageRules(name: string, rule: PackageRule): IForbiddenRuleType[] {
  const from = {
    path: `^packages/${name}/src/`,
    pathNot: DOORS.filter((door) => door.from.startsWith(`packages/${name}/`)).map((door) => `^${door.from}$`),
  }
  const types = rule.types ?? []
  const rules = [forbid(`${name}-imports`, from, { path: '^packages/', pathNot: packagePaths([name, ...rule.imports, ...types]) })]
  if (types.length > 0) {
    rules.push(forbid(`${name}-types-only`, from, { path: packagePaths(types), dependencyTypesNot: ['type-only'] }))
  }
  if (rule.outside === false) {
    rules.push(forbid(`${name}-outside`, from, { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'] }))
  }
  const doors = DOORS.filter((door) => door.from.startsWith(`packages/${name}/`))
  return [...rules, ...doors.map((door) => doorRule(name, rule, door))]
}

function doorRule(name: string, rule: PackageRule, door: (typeof DOORS)[number]): IForbiddenRuleType {
  const through = `^packages/${door.to}/src/index\\.ts$`
  return forbid(
    `${name}-door`,
    { path: `^${door.from}$` },
    { path: '^packages/', pathNot: [...packagePaths([name, ...rule.imports]), through] },
  )
}

function packagePaths(names: string[]): string[] {
  return names.map((name) => `^packages/${name}/`)
}

function forbid(name: string, from: IRegularForbiddenRuleType['from'], to: IRegularForbiddenRuleType['to']): IRegularForbiddenRuleType {
  return { name, severity: 'error', from, to }
}

const GENERAL: IForbiddenRuleType[] = [
  forbid('unknown-package', { path: SOURCE, pathNot: packagePaths(Object.keys(PACKAGES)) }, {}),
  forbid(
    'vendor-to-vendor',
    { path: '^packages/providers/src/([^/]+)/' },
    { path: '^packages/providers/src/[^/]+/', pathNot: '^packages/providers/src/$1/' },
  ),
  forbid('no-cycle', { path: SOURCE }, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
  forbid('not-to-tests', { path: SOURCE }, { path: ['^packages/[^/]+/test/', '^(tests|tools|bench)/'] }),
  forbid('not-to-unresolvable', { path: SOURCE }, { couldNotResolve: true }),
  forbid('not-to-dev-dependency', { path: SOURCE }, { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }),
]

/** One refused import, or what the check itself could not see. */
export interface Violation {
  rule: string
  from: string
  to: string
}

/**
 * Reads every import in the source of every package of a tree and names what the table refuses.
 * @param root absolute path of the tree; its packages are linked in its `node_modules/@faregate`.
 */
export async function findViolations(root: string): Promise<{ violations: Violation[]; modules: number; imports: number }> {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).toSorted()
  const previous = process.cwd()
  process.chdir(root)
  try {
    const result = await cruise(files, { ruleSet: { forbidden: boundaryRules() }, validate: true, baseDir: root, ...OPTIONS }, RESOLVE)
    if (typeof result.output === 'string') throw new TypeError('dependency-cruiser answered text instead of its result')
    return judge(root, files, result.output)
  } finally {
    process.chdir(previous)
  }
}

const OPTIONS = {
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  combinedDependencies: true,
  skipAnalysisNotInRules: false,
}
const RESOLVE = {
  exportsFields: ['exports'],
  conditionNames: ['import', 'node', 'types', 'default'],
  extensions: ['.ts', '.d.ts', '.js', '.json'],
}

/** Turns a result into violations, those of the check's own blindness among them; separate, so that blindness can be tested. */
export function judge(root: string, files: string[], result: ICruiseResult): { violations: Violation[]; modules: number; imports: number } {
  const seen = new Map(result.modules.map((module) => [module.source, module]))
  const violations = result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  for (const file of files) violations.push(...unseen(root, file, seen.get(file)))
  const imports = result.modules.reduce((sum, module) => sum + (module.source.startsWith('packages/') ? module.dependencies.length : 0), 0)
  return { violations, modules: files.filter((file) => seen.has(file)).length, imports }
}

/** Guards the guard: a file, or all imports of a file, that the check does not see would otherwise pass. */
function unseen(root: string, file: string, module: IModule | undefined): Violation[] {
  if (module === undefined) return [{ rule: 'unseen-module', from: file, to: '' }]
  const importing = /^(?:import|export) [^'"]*from '|^import '/m.test(readFileSync(resolve(root, file), 'utf8'))
  return importing && module.dependencies.length === 0 ? [{ rule: 'unseen-imports', from: file, to: '' }] : []
}

/** What a violation looks like on the screen. */
function describe(violation: Violation): string {
  return `${violation.rule}: ${violation.from}${violation.to === '' ? '' : ` → ${violation.to}`}`
}

async function main(root: string): Promise<void> {
  const { violations, modules, imports } = await findViolations(resolve(root))
  for (const violation of violations) process.stdout.write(`${describe(violation)}\n`)
  process.stdout.write(`${modules} modules, ${imports} imports, ${violations.length} violations\n`)
  if (violations.length > 0 || modules === 0) process.exitCode = 1
}

if (import.meta.main) await main(process.argv[2] ?? ROOT)
