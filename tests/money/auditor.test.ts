import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { ROOT } from '../support/gateway.ts'

/** What of its imports a file runs: `import type` is erased. */
function importsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest)
  return source.statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement)) {
      return statement.importClause?.isTypeOnly === true ? [] : [(statement.moduleSpecifier as ts.StringLiteral).text]
    }
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined || statement.isTypeOnly) return []
    return [(statement.moduleSpecifier as ts.StringLiteral).text]
  })
}

/** Everything that runs when a file is imported: files from the repository's root, packages by their names. */
function reachedFrom(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const name of importsOf(file)) {
    if (name.startsWith('.')) reachedFrom(relative(ROOT, join(ROOT, dirname(file), name)), seen)
    else seen.add(name)
  }
  return seen
}

/** Of the product: its source, or one of its packages by name. */
function ofProduct(reached: Iterable<string>): string[] {
  return [...reached].filter((name) => /^packages\/[^/]+\/src\//.test(name) || name.startsWith('@faregate/'))
}

test('Proofs: the auditor of charges, and all that starts and watches the gateway, run nothing of the product', () => {
  const files = globSync('tests/support/**/*.ts', { cwd: ROOT }).toSorted()
  assert.ok(files.includes('tests/support/auditor.ts') && files.length > 10)
  for (const file of files) assert.deepEqual(ofProduct(reachedFrom(file)), [], file)
})

test('Proofs: the auditor of the simulation takes types of the ledger, and runs nothing of it or of pricing', () => {
  const files = globSync('packages/ledger/sim/auditor/**/*.ts', { cwd: ROOT }).toSorted()
  assert.ok(files.includes('packages/ledger/sim/auditor/auditor.ts'))
  for (const file of files) assert.deepEqual(ofProduct(reachedFrom(file)), [], file)
})

test('Proofs: an import of the product would be seen, also behind another one', () => {
  const reached = ofProduct(reachedFrom('packages/ledger/test/simulation.test.ts'))
  assert.ok(reached.includes('packages/ledger/src/hold.ts') || reached.includes('@faregate/ledger'), reached.join(', '))
  assert.ok(reached.length > 1)
})
