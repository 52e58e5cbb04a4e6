/**
 * Writes the generated pages of docs, and the codes that the published client knows: `npm run docs`.
 * `tests/docs/reference.test.ts` fails when one is stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { updateCompatibility } from './compatibility/report.ts'
import { cliPage } from './docs/cli.ts'
import { clientCodesPage } from './docs/client-codes.ts'
import { compatibilityPage } from './docs/compatibility.ts'
import { denialsPage } from './docs/denials.ts'
import { filesSchemaPage } from './docs/files-schema.ts'
import { managementPage } from './docs/management-api.ts'
import type { Page } from './docs/page.ts'
import { allWitnesses, promisesPage } from './docs/promises.ts'
import { guideIndex, guidePages } from './docs/vendors/guide-page.ts'
import { providersPage } from './docs/vendors/page.ts'
import { wireChecklistPage } from './docs/wire-checklist.ts'
import { updateReport } from './promises/report.ts'
import { ROOT } from './support/root.ts'

export const PAGES: Page[] = [
  denialsPage,
  managementPage,
  cliPage,
  filesSchemaPage,
  promisesPage,
  compatibilityPage,
  wireChecklistPage,
  providersPage,
  guideIndex,
  ...guidePages,
  clientCodesPage,
]

/** Where a page lies. */
export function pathOf(page: Page): string {
  return join(ROOT, 'docs', page.file)
}

async function main(): Promise<void> {
  updateReport(allWitnesses())
  updateCompatibility()
  for (const page of PAGES) {
    mkdirSync(dirname(pathOf(page)), { recursive: true })
    writeFileSync(pathOf(page), await page.text())
    process.stdout.write(`docs/${page.file}\n`)
  }
  // These two belong to the server, which tests them itself.
  await import('../packages/server/src/config/write-reference.ts')
}

if (import.meta.main) await main()
