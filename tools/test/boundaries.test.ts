import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { ICruiseResult } from 'dependency-cruiser'
import { DOORS, PACKAGES } from '../boundaries/table.ts'
import { boundaryRules, findViolations, judge } from '../boundaries/check.ts'
import { ROOT } from '../support/root.ts'

let copy = ''
before(() => {
  copy = mkdtempSync(join(tmpdir(), 'faregate-boundaries-'))
  for (const name of Object.keys(PACKAGES)) {
    cpSync(join(ROOT, 'packages', name, 'src'), join(copy, 'packages', name, 'src'), { recursive: true })
    cpSync(join(ROOT, 'packages', name, 'package.json'), join(copy, 'packages', name, 'package.json'))
  }
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'))
  mkdirSync(join(copy, 'node_modules/@faregate'), { recursive: true })
  for (const name of Object.keys(PACKAGES)) symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules/@faregate', name))
  for (const entry of readdirSync(join(ROOT, 'node_modules'))) {
    if (entry !== '@faregate' && !entry.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', entry), join(copy, 'node_modules', entry))
  }
})
after(() => rmSync(copy, { recursive: true, force: true }))

/** A file per rule that breaks it, and the rule that must say so. */
function plants(): { rule: string; file: string; text: string }[] {
  return [...Object.keys(PACKAGES).flatMap(plantsOfPackage), ...DOORS.map(plantInDoor), ...GENERAL_PLANTS]
}

function plantsOfPackage(name: string): { rule: string; file: string; text: string }[] {
  const file = `packages/${name}/src/planted.ts`
  const other = name === 'server' ? 'cli' : 'server'
  const planted = [{ rule: `${name}-imports`, file, text: `import '@faregate/${other}'\n` }]
  const typed = PACKAGES[name]?.types?.[0]
  if (typed !== undefined) {
    planted.push({ rule: `${name}-types-only`, file: `packages/${name}/src/planted-type.ts`, text: `import '@faregate/${typed}'\n` })
  }
  if (PACKAGES[name]?.outside === false) {
    planted.push({ rule: `${name}-outside`, file: `packages/${name}/src/planted-node.ts`, text: "import 'node:fs'\n" })
  }
  return planted
}

function plantInDoor(door: (typeof DOORS)[number]): { rule: string; file: string; text: string } {
  const name = door.from.split('/')[1] ?? ''
  return { rule: `${name}-door`, file: door.from, text: "import '@faregate/store'\n" }
}

const GENERAL_PLANTS = [
  { rule: 'unknown-package', file: 'packages/stranger/src/planted.ts', text: "import '@faregate/core'\n" },
  { rule: 'vendor-to-vendor', file: 'packages/providers/src/planted-a/a.ts', text: "import '../planted-b/b.ts'\n" },
  { rule: 'vendor-to-vendor', file: 'packages/providers/src/planted-b/b.ts', text: "import '../planted-a/a.ts'\n" },
  { rule: 'no-cycle', file: 'packages/wire/src/planted-x.ts', text: "import './planted-y.ts'\n" },
  { rule: 'not-to-tests', file: 'packages/wire/src/planted-test.ts', text: "import '../../../tests/planted.ts'\n" },
  { rule: 'not-to-unresolvable', file: 'packages/wire/src/planted-nowhere.ts', text: "import './there-is-no-such-file.ts'\n" },
  { rule: 'not-to-dev-dependency', file: 'packages/wire/src/planted-dev.ts', text: "import 'typescript'\n" },
]

test('every rule refuses a violation that is planted in a copy of the packages', async () => {
  const targets = ['tests/planted.ts', ...Object.keys(PACKAGES).map((name) => `packages/${name}/src/index.ts`)]
  const missing = targets.filter((file) => !existsSync(join(copy, file))).map((file) => ({ file, text: 'export {}\n' }))
  const backOfCycle = { file: 'packages/wire/src/planted-y.ts', text: "import './planted-x.ts'\n" }
  const planted = [...plants(), ...missing, backOfCycle]
  for (const plant of planted) {
    mkdirSync(dirname(join(copy, plant.file)), { recursive: true })
    writeFileSync(join(copy, plant.file), plant.text)
  }
  const { violations } = await findViolations(copy)
  const found = new Set(violations.map((violation) => `${violation.rule} ${violation.from}`))
  for (const plant of plants()) assert.ok(found.has(`${plant.rule} ${plant.file}`), `${plant.rule} does not refuse ${plant.file}`)
  assert.deepEqual(new Set(plants().map((plant) => plant.rule)), new Set(boundaryRules().map((rule) => rule.name)), 'a rule has no plant')
})

test('a file, or the imports of a file, that the check does not see is a violation', () => {
  const file = 'packages/core/src/index.ts'
  assert.ok(existsSync(join(ROOT, file)))
  const blind = { modules: [], summary: { violations: [] } } as unknown as ICruiseResult
  assert.deepEqual(judge(ROOT, [file], blind).violations, [{ rule: 'unseen-module', from: file, to: '' }])
  const shortSighted = { ...blind, modules: [{ source: file, dependencies: [] }] } as unknown as ICruiseResult
  assert.deepEqual(judge(ROOT, [file], shortSighted).violations, [{ rule: 'unseen-imports', from: file, to: '' }])
})

test('the table names exactly the packages there are', () => {
  assert.deepEqual(Object.keys(PACKAGES).toSorted(), readdirSync(join(ROOT, 'packages')).toSorted())
})
